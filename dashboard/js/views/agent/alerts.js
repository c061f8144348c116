import { alertsPanel } from "../../alerts.js";

/** What a person should look at. */
export const tab = (context, agentId) => alertsPanel(context, [agentId]);
