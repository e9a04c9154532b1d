// Pages with clocks that are not drawn anew: the clocks count on, the rest comes with the next look.
import { countTimeLeft } from "../cases/time_left.js";
import { start } from "../shell.js";

countTimeLeft();
start("complaints");
