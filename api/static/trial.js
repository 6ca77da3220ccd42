// The page of one record: /trials/{id}?c=start-end,start-end

import { byId } from "./dom.js";
import { showRecord, spansOf } from "./record.js";

const trialId = decodeURIComponent(location.pathname.split("/").pop());
const spans = spansOf(new URLSearchParams(location.search).get("c"));
const record = await showRecord(byId("record-pane"), trialId, spans, { page: true });
if (record) document.title = `${record.trial_id}: ${record.title}`;
