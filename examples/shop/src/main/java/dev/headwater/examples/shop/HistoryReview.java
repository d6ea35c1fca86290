package dev.headwater.examples.shop;

import dev.headwater.aggregate.AggregateRepository;
import dev.headwater.examples.shop.analytics.ReadModels;
import dev.headwater.examples.shop.inventory.InventoryService;
import dev.headwater.examples.shop.ordering.OrderDesk;
import dev.headwater.examples.shop.payment.PaymentService;
import dev.headwater.examples.shop.returns.CustomerReturn;
import dev.headwater.examples.shop.returns.ReturnEvent;
import dev.headwater.examples.shop.shipping.ShippingService;
import dev.headwater.history.HistoryCheck;
import dev.headwater.history.HistoryReport;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.store.EventStore;
import java.sql.Connection;
import java.sql.SQLException;

/** Runs every event of a shop through the present code, and changes nothing: the gate before a deployment. */
final class HistoryReview {

    private HistoryReview() {}

    static HistoryReport of(PostgresDatabase database) throws SQLException {
        ReadModels.create(database.dataSource());
        var store = new EventStore(database.eventStorage(), Shop.SERIALIZER);
        var settings = ShopSettings.of(new Options());
        var returns = AggregateRepository.of(store, CustomerReturn.CATEGORY, ReturnEvent.class, CustomerReturn::new);
        return HistoryCheck.<Connection>of(store)
                .aggregate(OrderDesk.CATEGORY, new OrderDesk(store, database.snapshotStore())::replay)
                .aggregate(PaymentService.CATEGORY, new PaymentService(store, settings.payment())::replay)
                .aggregate(InventoryService.CATEGORY, new InventoryService(store, settings.inventory())::replay)
                .aggregate(ShippingService.CATEGORY, new ShippingService(store)::replay)
                .aggregate(CustomerReturn.CATEGORY, returns::replay)
                .projections(database.subscriptionStorage(), ReadModels::clear, Shop.projections())
                .run();
    }
}
