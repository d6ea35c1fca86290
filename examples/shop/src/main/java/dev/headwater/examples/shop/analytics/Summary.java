package dev.headwater.examples.shop.analytics;

import java.math.BigDecimal;
import java.util.SortedMap;

/**
 * What the read models say of the whole shop.
 *
 * @param revenueByCountry shipped revenue
 * @param workflows what has become of the instances of the order process
 * @param events how many events of the shop the log holds
 * @param delivery what has become of them
 */
public record Summary(
        Rows rows,
        Invoices invoices,
        Orders orders,
        Payments payments,
        Paid paid,
        Workflows workflows,
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

    /** How many orders have been created, how many of them placed, and how many of these shipped or cancelled. */
    public record Orders(long created, long placed, long shipped, Cancelled cancelled) {}

    /** How many orders were cancelled, by reason. */
    public record Cancelled(long payment, long inventory, long late) {

        /** How many were cancelled for whatever reason. */
        public long all() {
            return payment + inventory + late;
        }
    }

    /** How many payments were made and declined, and how many of the former were given back. */
    public record Payments(long completed, long declined, long refunded) {}

    /** Amounts of payments, both positive. */
    public record Paid(BigDecimal completed, BigDecimal refunded) {

        /** What the shop has in the end. */
        public BigDecimal kept() {
            return completed.subtract(refunded);
        }
    }

    /**
     * How many instances of the order process there are; a choreography has none.
     *
     * @param completed ended with the order shipped
     * @param compensated ended with the order cancelled
     * @param running have something ahead of them
     * @param stuck need a person
     */
    public record Workflows(long completed, long compensated, long running, long stuck) {}

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
