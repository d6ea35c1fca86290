package dev.headwater.examples.shop.analytics;

import java.math.BigDecimal;
import java.util.SortedMap;

/**
 * What the read models say of the whole shop.
 *
 * @param revenueByCountry shipped revenue
 * @param events how many events the log holds
 * @param delivery what has become of them
 */
public record Summary(
        Rows rows,
        Invoices invoices,
        Orders orders,
        Revenue revenue,
        SortedMap<String, BigDecimal> revenueByCountry,
        long events,
        Delivery delivery) {

    /** Rows of imported invoices, as four independent counts: what was read, and where it went. */
    public record Rows(long read, long ordered, long returned, long rejected) {

        /** Whether every row that was read went somewhere. */
        public boolean balanced() {
            return read == ordered + returned + rejected;
        }
    }

    public record Invoices(long orders, long returns, long rejected) {}

    /** How many orders have been created, how many of them placed, and how many of these shipped. */
    public record Orders(long created, long placed, long shipped) {}

    /** Both amounts are positive. */
    public record Revenue(BigDecimal shipped, BigDecimal returned) {}

    /**
     * What has become of the events in the log.
     *
     * @param parked how many were set aside, since they or one before them failed
     * @param sequences how many keys those belong to
     * @param lag by subscription, how many events it has yet to look at
     */
    public record Delivery(long parked, long sequences, SortedMap<String, Long> lag) {}
}
