package dev.headwater.workflow.code;

import dev.headwater.store.EventQuery;

/** The whole log, with what stands in reserved streams. */
final class Everything {

    static final EventQuery QUERY = EventQuery.all().withReserved();

    private Everything() {}
}
