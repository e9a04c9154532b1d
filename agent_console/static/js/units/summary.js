// The monthly summary: stands still; it is printed.
import { byId } from "../dom.js";
import { start } from "../shell.js";

byId("print").addEventListener("click", () => print());
start("complaints");
