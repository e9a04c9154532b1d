// Bars of time left on a page whose own script knows nothing of them.
import { countTimeLeft } from "./time_left.js";

countTimeLeft();
