// Live pages of gas leaks and of what is late: drawn anew with every change, clocks count on by themselves.
import { countTimeLeft } from "../cases/time_left.js";
import { start } from "../shell.js";
import { livePart } from "./live_part.js";

countTimeLeft();
start(document.body.classList.contains("overdue") ? "overdue" : "incidents", livePart());
