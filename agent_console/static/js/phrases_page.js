// The page of phrases stands still; alarms, a ringing call and the session's end come by the feed.
import { start } from "./shell.js";

start("phrases");
