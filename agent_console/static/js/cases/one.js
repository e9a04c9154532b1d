// One case: its clocks count by themselves; a form that was refused comes into view with what was typed.
import { start } from "../shell.js";
import { countTimeLeft } from "./time_left.js";

document.querySelector("[aria-invalid=true]")?.focus();

countTimeLeft();
start("case");
