/** Starts the page: each area draws itself when its words and its news arrive. */

import { startBook } from "./book.js";
import { startFaults } from "./faults.js";
import { startHeader } from "./header.js";
import { listen } from "./live.js";
import { startPhone } from "./phone.js";
import { startPos } from "./pos.js";
import { startSteps } from "./steps.js";

startPos();
startBook();
startFaults();
startSteps();
await startPhone();
startHeader();
listen();
