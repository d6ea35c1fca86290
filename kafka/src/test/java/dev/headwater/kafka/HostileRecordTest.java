package dev.headwater.kafka;

import dev.headwater.testkit.HostileRecordContract;
import dev.headwater.testkit.LogBrokerContract;

class HostileRecordTest extends HostileRecordContract {

    @Override
    protected LogBrokerContract.Subject open() {
        return new KafkaLogBrokerTest.OnTheCluster();
    }
}
