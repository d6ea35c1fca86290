package dev.headwater.testkit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedClass;

import dev.headwater.broker.spi.LogBroker;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.privacy.SubjectKeys;
import dev.headwater.schema.registry.SchemaStorage;
import dev.headwater.store.SnapshotStore;
import dev.headwater.store.spi.EventStorage;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/**
 * A contract suite that was run against some implementation, good or bad.
 *
 * <p>A run stays in the thread that asked for it, so that several can be under way.
 *
 * @param tests every test that the suite has, as {@code Topic.test}
 * @param failed those that failed
 * @param succeeded those that succeeded
 */
record ContractRun(Set<String> tests, Set<String> failed, Set<String> succeeded) {

    /** The topics of {@link EventStoreContract}. */
    private static final List<Class<?>> TOPICS = List.of(EventStoreContract.class.getDeclaredClasses());

    /** Runs the whole {@link EventStoreContract}. */
    static ContractRun ofEventStore(Supplier<EventStorage> implementation) {
        EventStoreSubject.IMPLEMENTATION.set(implementation);
        return run(List.of(selectClass(EventStoreSubject.class)));
    }

    /** Runs {@link EventStoreContract} without its tests of megabytes, which take longer than all others together. */
    static ContractRun ofEventStoreInBrief(Supplier<EventStorage> implementation) {
        EventStoreSubject.IMPLEMENTATION.set(implementation);
        return run(TOPICS.stream()
                .filter(topic -> !SizeContract.class.isAssignableFrom(topic))
                .map(topic -> selectNestedClass(List.of(EventStoreSubject.class), topic))
                .toList());
    }

    /** Runs {@link SnapshotStoreContract}. */
    static ContractRun ofSnapshotStore(Supplier<SnapshotStore> implementation) {
        SnapshotStoreSubject.IMPLEMENTATION.set(implementation);
        return run(List.of(selectClass(SnapshotStoreSubject.class)));
    }

    /** Runs {@link SubjectKeysContract}. */
    static ContractRun ofSubjectKeys(Supplier<SubjectKeys> implementation) {
        SubjectKeysSubject.IMPLEMENTATION.set(implementation);
        return run(List.of(selectClass(SubjectKeysSubject.class)));
    }

    /** Runs {@link SubscriptionStorageContract} against what is made of the storage in memory. */
    static ContractRun ofSubscriptionStorage(
            Function<InMemorySubscriptionStorage<List<String>>, SpoilableStorage> implementation) {
        SubscriptionStorageSubject.IMPLEMENTATION.set(implementation);
        return run(List.of(selectClass(SubscriptionStorageSubject.class)));
    }

    /** Runs {@link SchemaStorageContract}. */
    static ContractRun ofSchemaStorage(Supplier<SchemaStorage> implementation) {
        SchemaStorageSubject.IMPLEMENTATION.set(implementation);
        return run(List.of(selectClass(SchemaStorageSubject.class)));
    }

    /** Runs {@link ProcessContract}. */
    static ContractRun ofProcesses(Supplier<ProcessSubject<Object>> implementation) {
        ProcessesUnderTest.IMPLEMENTATION.set(implementation);
        return run(List.of(selectClass(ProcessesUnderTest.class)));
    }

    /** Runs {@link WorkflowContract}. */
    static ContractRun ofWorkflows(Supplier<ProcessSubject<Object>> implementation) {
        WorkflowsUnderTest.implementation = implementation;
        return run(List.of(selectClass(WorkflowsUnderTest.class)));
    }

    /** Runs {@link ProcessStorageContract}. */
    static ContractRun ofProcessStorage(Supplier<ProcessSubject<Object>> implementation) {
        ProcessStorageUnderTest.IMPLEMENTATION.set(implementation);
        return run(List.of(selectClass(ProcessStorageUnderTest.class)));
    }

    /** Runs {@link LogBrokerContract} against what is made of the broker in memory. */
    static ContractRun ofLogBroker(UnaryOperator<LogBroker> implementation) {
        LogBrokerSubject.IMPLEMENTATION.set(implementation);
        return run(List.of(selectClass(LogBrokerSubject.class)));
    }

    /** Runs {@link CommandServiceContract} against what is made of the broker in memory. */
    static ContractRun ofCommands(UnaryOperator<LogBroker> implementation) {
        CommandServiceSubject.implementation = implementation;
        return run(List.of(selectClass(CommandServiceSubject.class)));
    }

    private static ContractRun run(List<? extends DiscoverySelector> selectors) {
        var tests = EngineTestKit.engine("junit-jupiter")
                .selectors(selectors.toArray(DiscoverySelector[]::new))
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "false")
                .execute()
                .testEvents();
        return new ContractRun(names(tests), names(tests.failed()), names(tests.succeeded()));
    }

    private static Set<String> names(Events events) {
        return events.stream()
                .map(event -> name(event.getTestDescriptor().getUniqueId()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String name(UniqueId id) {
        var segments = id.getSegments();
        var test = segments.getLast().getValue().replace("()", "");
        var parent = segments.get(segments.size() - 2);
        return parent.getType().equals("nested-class") ? parent.getValue() + "." + test : test;
    }

    /** Not named as a test, so that only {@link #run} runs it. */
    static final class EventStoreSubject extends EventStoreContract {
        private static final ThreadLocal<Supplier<EventStorage>> IMPLEMENTATION = new ThreadLocal<>();

        @Override
        protected EventStorage open() {
            return IMPLEMENTATION.get().get();
        }
    }

    /** Not named as a test, so that only {@link #run} runs it. */
    static final class SnapshotStoreSubject extends SnapshotStoreContract {
        private static final ThreadLocal<Supplier<SnapshotStore>> IMPLEMENTATION = new ThreadLocal<>();

        @Override
        protected SnapshotStore open() {
            return IMPLEMENTATION.get().get();
        }
    }

    /** Not named as a test, so that only {@link #run} runs it. */
    static final class SubjectKeysSubject extends SubjectKeysContract {
        private static final ThreadLocal<Supplier<SubjectKeys>> IMPLEMENTATION = new ThreadLocal<>();

        private SubjectKeys keys;

        @Override
        protected SubjectKeys open() {
            keys = IMPLEMENTATION.get().get();
            return keys;
        }

        @Override
        protected SubjectKeys openAgain() {
            return keys;
        }
    }

    /** Not named as a test, so that only {@link #run} runs it. */
    static final class SubscriptionStorageSubject extends SubscriptionStorageContract<List<String>> {
        private static final ThreadLocal<Function<InMemorySubscriptionStorage<List<String>>, SpoilableStorage>>
                IMPLEMENTATION = new ThreadLocal<>();

        @Override
        protected SubscriptionStorageContract.Subject<List<String>> open() {
            return new InMemorySubject(IMPLEMENTATION.get());
        }
    }

    /** Not named as a test, so that only {@link #run} runs it. */
    static final class LogBrokerSubject extends LogBrokerContract {
        private static final ThreadLocal<UnaryOperator<LogBroker>> IMPLEMENTATION = new ThreadLocal<>();

        @Override
        protected LogBrokerContract.Subject open() {
            return new InMemoryBrokerSubject(IMPLEMENTATION.get());
        }
    }

    /** Not named as a test, so that only {@link #run} runs it. */
    static final class CommandServiceSubject extends CommandServiceContract<List<String>> {
        private static UnaryOperator<LogBroker> implementation = UnaryOperator.identity();

        @Override
        protected CommandServiceContract.Subject<List<String>> open() {
            return new InMemoryCommandSubject(implementation);
        }
    }

    /** Not named as a test, so that only {@link #run} runs it. */
    static final class SchemaStorageSubject extends SchemaStorageContract {
        private static final ThreadLocal<Supplier<SchemaStorage>> IMPLEMENTATION = new ThreadLocal<>();

        @Override
        protected SchemaStorage open() {
            return IMPLEMENTATION.get().get();
        }
    }

    /** Not named as a test, so that only {@link #run} runs it. */
    static final class ProcessesUnderTest extends ProcessContract<Object> {
        private static final ThreadLocal<Supplier<ProcessSubject<Object>>> IMPLEMENTATION = new ThreadLocal<>();

        @Override
        protected ProcessSubject<Object> open() {
            return IMPLEMENTATION.get().get();
        }
    }

    /** Not named as a test, so that only {@link #run} runs it. */
    static final class WorkflowsUnderTest extends WorkflowContract<Object> {
        private static Supplier<ProcessSubject<Object>> implementation = InMemoryProcessSubject::new;

        @Override
        protected ProcessSubject<Object> open() {
            return implementation.get();
        }
    }

    /** Not named as a test, so that only {@link #run} runs it. */
    static final class ProcessStorageUnderTest extends ProcessStorageContract<Object> {
        private static final ThreadLocal<Supplier<ProcessSubject<Object>>> IMPLEMENTATION = new ThreadLocal<>();

        @Override
        protected ProcessSubject<Object> open() {
            return IMPLEMENTATION.get().get();
        }
    }
}
