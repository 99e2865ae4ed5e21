import { expect, test } from "vitest";

import { isFiltered, readListSearch, parseSearch, stringifySearch, toQuery } from "./filter";

test("a link is the query of the API, readable and the same after a round trip", () => {
  const url = "?priority=high,low&tags=work,at+home&status=pending&sort_by=due_date";
  const search = readListSearch(parseSearch(url));
  expect(stringifySearch(search)).toBe(url);
  expect(toQuery(search)).toEqual({
    status: "pending",
    priority: ["high", "low"],
    tags: ["work", "at home"],
    sort_by: "due_date",
  });
});

test("what is not understood is left out, and the rest still holds", () => {
  const search = readListSearch(parseSearch("?priority=urgent&sort_by=mood&search=milk&task=1&evil=<script>"));
  expect(stringifySearch(search)).toBe("?search=milk");
});

test("an order or an open task is no filter", () => {
  expect(isFiltered(readListSearch({ sort_by: "title" }))).toBe(false);
  expect(isFiltered(readListSearch({ priority: "high" }))).toBe(true);
});
