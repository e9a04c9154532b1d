// A page that stands still and may be printed: reports, planning, rankings.
import { start } from "./shell.js";

document.getElementById("print")?.addEventListener("click", () => print());
start("reports");
