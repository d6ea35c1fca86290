package dev.headwater.examples.shop.analytics;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The summary as JSON: counts as numbers, amounts as decimal strings, countries and subscriptions in alphabetical
 * order.
 */
public final class SummaryJson {

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private SummaryJson() {}

    /** The JSON text, ending with a line break. */
    public static String write(Summary summary) {
        var json = MAPPER.createObjectNode();
        json.putObject("rows")
                .put("read", summary.rows().read())
                .put("ordered", summary.rows().ordered())
                .put("returned", summary.rows().returned())
                .put("rejected", summary.rows().rejected());
        json.putObject("invoices")
                .put("orders", summary.invoices().orders())
                .put("returns", summary.invoices().returns())
                .put("rejected", summary.invoices().rejected());
        json.putObject("orders")
                .put("created", summary.orders().created())
                .put("placed", summary.orders().placed())
                .put("shipped", summary.orders().shipped())
                .putObject("cancelled")
                .put("payment", summary.orders().cancelled().payment())
                .put("inventory", summary.orders().cancelled().inventory())
                .put("late", summary.orders().cancelled().late());
        json.putObject("payments")
                .put("completed", summary.payments().completed())
                .put("declined", summary.payments().declined())
                .put("refunded", summary.payments().refunded());
        json.putObject("paid")
                .put("completed", Amounts.plain(summary.paid().completed()))
                .put("refunded", Amounts.plain(summary.paid().refunded()))
                .put("kept", Amounts.plain(summary.paid().kept()));
        json.putObject("workflows")
                .put("completed", summary.workflows().completed())
                .put("compensated", summary.workflows().compensated())
                .put("running", summary.workflows().running())
                .put("stuck", summary.workflows().stuck());
        json.putObject("revenue")
                .put("shipped", Amounts.plain(summary.revenue().shipped()))
                .put("returned", Amounts.plain(summary.revenue().returned()));
        var countries = json.putObject("revenueByCountry");
        summary.revenueByCountry().forEach((country, amount) -> countries.put(country, Amounts.plain(amount)));
        json.put("events", summary.events());
        json.putObject("deadLetters")
                .put("parked", summary.delivery().parked())
                .put("sequences", summary.delivery().sequences());
        var subscriptions = json.putObject("subscriptions");
        summary.delivery()
                .lag()
                .forEach((name, lag) -> subscriptions.putObject(name).put("lag", lag));
        return MAPPER.writeValueAsString(json) + "\n";
    }
}
