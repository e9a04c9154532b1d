// The knowledge base at the desk: found as one types, read beside the call, closed with Escape.
import { knowledgeSearch, showArticle } from "../knowledge.js";
import { byId, show } from "../dom.js";
import { recordNow } from "./record.js";

/** Bring the panel to life. */
export function setUpKnowledge() {
  const input = byId("knowledge-query");
  const reading = byId("knowledge-reading");
  const close = () => show(reading, false);
  const search = knowledgeSearch(input, byId("knowledge-results"), {
    status: byId("knowledge-status"),
    kind: () => recordNow()?.fields.kind ?? "",
    open: async (found) => {
      if (!(await showArticle(found.slug, byId("knowledge-article")))) return;
      search.clear();
      show(reading, true);
      byId("knowledge-article").focus();
    },
    searching: (active) => active && close(),
  });
  byId("knowledge-close").addEventListener("click", () => {
    close();
    input.focus();
  });
  reading.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    close();
    input.focus();
  });
  reading.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='/knowledge/']");
    if (!link) return;
    event.preventDefault();
    showArticle(decodeURIComponent(new URL(link.href).pathname.slice("/knowledge/".length)), byId("knowledge-article"));
  });
}
