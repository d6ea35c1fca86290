package dev.headwater.examples.shop.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SummaryTest {

    private static final Summary SUMMARY = new Summary(
            new Summary.Rows(1_234, 1_200, 30, 4),
            new Summary.Invoices(500, 20, 3),
            new Summary.Orders(500, 500, 479, new Summary.Cancelled(12, 5, 3)),
            new Summary.Payments(488, 12, 8),
            new Summary.Paid(new BigDecimal("2234567.800"), new BigDecimal("1000000")),
            new Summary.Workflows(479, 20, 1, 0),
            new Summary.Revenue(new BigDecimal("1234567.800"), new BigDecimal("12.3450")),
            new TreeMap<>(Map.of(
                    "United Kingdom", new BigDecimal("1.2E+6"),
                    "EIRE", new BigDecimal("34567.8"),
                    "\"Ö\"", new BigDecimal("0"))),
            2_046,
            new Summary.Delivery(1_003, 7, new TreeMap<>(Map.of("sales", 0L, "orders", 12L))));

    @Test
    void jsonHasCountsAsNumbersAmountsAsTextAndCountriesInOrder() {
        assertThat(SummaryJson.write(SUMMARY).replaceAll("\\s+", "")).isEqualTo("""
                {"rows":{"read":1234,"ordered":1200,"returned":30,"rejected":4},\
                "invoices":{"orders":500,"returns":20,"rejected":3},\
                "orders":{"created":500,"placed":500,"shipped":479,\
                "cancelled":{"payment":12,"inventory":5,"late":3}},\
                "payments":{"completed":488,"declined":12,"refunded":8},\
                "paid":{"completed":"2234567.80","refunded":"1000000.00","kept":"1234567.80"},\
                "workflows":{"completed":479,"compensated":20,"running":1,"stuck":0},\
                "revenue":{"shipped":"1234567.80","returned":"12.345"},\
                "revenueByCountry":{"\\"Ö\\"":"0.00","EIRE":"34567.80","UnitedKingdom":"1200000.00"},\
                "events":2046,\
                "deadLetters":{"parked":1003,"sequences":7},\
                "subscriptions":{"orders":{"lag":12},"sales":{"lag":0}}}""");
    }

    @Test
    void textNamesTheCountriesWithTheMostRevenueFirst() {
        assertThat(SummaryText.write(SUMMARY)).isEqualToNormalizingNewlines("""
                Rows      1,234 read = 1,200 ordered + 30 returned + 4 rejected
                Invoices  500 orders, 20 returns, 3 rejected
                Orders    500 created, 500 placed, 479 shipped, 20 cancelled
                  cancelled 12 for payment, 5 for inventory, 3 late
                Payments  488 completed, 12 declined, 8 refunded
                Paid      2,234,567.80 completed - 1,000,000.00 refunded = 1,234,567.80 kept
                Workflows 479 completed, 20 compensated, 1 running, 0 stuck
                Revenue   1,234,567.80 shipped, 12.345 returned
                  United Kingdom       1,200,000.00
                  EIRE                    34,567.80
                  "Ö"                          0.00
                Events    2,046 in the log
                Lag       orders 12
                Parked    1,003 events in 7 sequences
                """);
    }

    @Test
    void aRowThatWentNowhereUnbalancesTheRows() {
        assertThat(new Summary.Rows(10, 5, 3, 2).balanced()).isTrue();
        assertThat(new Summary.Rows(11, 5, 3, 2).balanced()).isFalse();
    }
}
