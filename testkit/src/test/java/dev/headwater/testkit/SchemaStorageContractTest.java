package dev.headwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.schema.MessageSchema;
import dev.headwater.schema.registry.InMemorySchemaStorage;
import dev.headwater.schema.registry.RegisteredSchema;
import dev.headwater.schema.registry.SchemaState;
import dev.headwater.schema.registry.SchemaStorage;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The suite for schema storages fails where it should, only there, and never looks away. */
class SchemaStorageContractTest {

    @Test
    void neverSkipsATest() {
        var run = ContractRun.ofSchemaStorage(InMemorySchemaStorage::new);

        assertThat(run.succeeded()).hasSizeGreaterThan(10).isEqualTo(run.tests());
    }

    @Test
    void everyTestDemandsSomething() {
        var run = ContractRun.ofSchemaStorage(DoesNothing::new);

        assertThat(run.failed()).hasSizeGreaterThan(10).isEqualTo(run.tests());
    }

    @Test
    void findsAStorageThatDoesNotAskWhatASchemaWasJudgedBeside() {
        assertThat(ContractRun.ofSchemaStorage(ForgetsTheJudge::new).failed())
                .contains(
                        "aVersionThatWasJudgedBesideOtherVersionsIsNotAdded",
                        "ofVersionsThatWereJudgedAtOnceOneIsAdded")
                .isSubsetOf(
                        "aVersionThatWasJudgedBesideOtherVersionsIsNotAdded",
                        "ofVersionsThatWereJudgedAtOnceOneIsAdded",
                        "versionsThatContradictEachOtherAreNeverBothRegistered");
    }

    @Test
    void findsAStorageThatLooksAndThenWrites() {
        assertThat(ContractRun.ofSchemaStorage(LooksThenWrites::new).failed())
                .contains("ofVersionsThatWereJudgedAtOnceOneIsAdded")
                .isSubsetOf(
                        "ofVersionsThatWereJudgedAtOnceOneIsAdded",
                        "versionsThatContradictEachOtherAreNeverBothRegistered");
    }

    @Test
    void findsAStorageThatChangesTheStateOfAllVersions() {
        assertThat(ContractRun.ofSchemaStorage(ChangesAll::new).failed())
                .containsExactly("theStateOfOneVersionChanges");
    }

    @Test
    void findsAStorageThatIgnoresCase() {
        assertThat(ContractRun.ofSchemaStorage(IgnoresCase::new).failed())
                .contains("typesStandBesideEachOther", "theStateOfOneVersionChanges");
    }

    private static class Forwarding implements SchemaStorage {
        private final SchemaStorage correct = new InMemorySchemaStorage();

        @Override
        public Optional<RegisteredSchema> find(String type, int version) {
            return correct.find(type, version);
        }

        @Override
        public List<RegisteredSchema> versions(String type) {
            return correct.versions(type);
        }

        @Override
        public List<String> types() {
            return correct.types();
        }

        @Override
        public boolean add(RegisteredSchema schema, Set<Integer> judgedBeside) {
            return correct.add(schema, judgedBeside);
        }

        @Override
        public boolean changeState(String type, int version, SchemaState state) {
            return correct.changeState(type, version, state);
        }

        Set<Integer> versionNumbers(String type) {
            return versions(type).stream().map(RegisteredSchema::version).collect(Collectors.toSet());
        }
    }

    private static final class DoesNothing implements SchemaStorage {
        @Override
        public Optional<RegisteredSchema> find(String type, int version) {
            return Optional.empty();
        }

        @Override
        public List<RegisteredSchema> versions(String type) {
            return List.of();
        }

        @Override
        public List<String> types() {
            return List.of();
        }

        @Override
        public boolean add(RegisteredSchema schema, Set<Integer> judgedBeside) {
            return false;
        }

        @Override
        public boolean changeState(String type, int version, SchemaState state) {
            return false;
        }
    }

    private static final class ForgetsTheJudge extends Forwarding {
        @Override
        public synchronized boolean add(RegisteredSchema schema, Set<Integer> judgedBeside) {
            return super.add(schema, versionNumbers(schema.type()));
        }
    }

    private static final class LooksThenWrites extends Forwarding {
        @Override
        public boolean add(RegisteredSchema schema, Set<Integer> judgedBeside) {
            if (!versionNumbers(schema.type()).equals(judgedBeside) || judgedBeside.contains(schema.version())) {
                return false;
            }
            LockSupport.parkNanos(50_000_000);
            synchronized (this) {
                var now = versionNumbers(schema.type());
                return !now.contains(schema.version()) && super.add(schema, now);
            }
        }
    }

    private static final class ChangesAll extends Forwarding {
        @Override
        public boolean changeState(String type, int version, SchemaState state) {
            boolean isThere = versionNumbers(type).contains(version);
            versionNumbers(type).forEach(each -> super.changeState(type, each, state));
            return isThere;
        }
    }

    private static final class IgnoresCase extends Forwarding {
        @Override
        public Optional<RegisteredSchema> find(String type, int version) {
            return super.find(type.toLowerCase(Locale.ROOT), version);
        }

        @Override
        public List<RegisteredSchema> versions(String type) {
            return super.versions(type.toLowerCase(Locale.ROOT));
        }

        @Override
        public boolean add(RegisteredSchema schema, Set<Integer> judgedBeside) {
            var lower = new MessageSchema(
                    schema.type().toLowerCase(Locale.ROOT),
                    schema.version(),
                    schema.schema().schema());
            return super.add(new RegisteredSchema(lower, schema.author(), schema.time(), schema.state()), judgedBeside);
        }

        @Override
        public boolean changeState(String type, int version, SchemaState state) {
            return super.changeState(type.toLowerCase(Locale.ROOT), version, state);
        }
    }
}
