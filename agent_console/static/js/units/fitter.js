// The fitter's page: clocks, and forms that keep what is typed while there is no connection.
import { countTimeLeft } from "../cases/time_left.js";
import { watchForms } from "./work_form.js";

countTimeLeft();
watchForms(() => location.reload());
