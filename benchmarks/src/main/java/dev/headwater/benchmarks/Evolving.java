package dev.headwater.benchmarks;

import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes;
import dev.headwater.SchemaVersion;
import dev.headwater.benchmarks.Comparison.Target;
import dev.headwater.benchmarks.Experiment.Contestant;
import dev.headwater.evolution.JsonEdit;
import dev.headwater.evolution.Upcasters;
import dev.headwater.schema.derivation.SchemaGenerator;
import dev.headwater.schema.registry.InMemorySchemaStorage;
import dev.headwater.schema.registry.SchemaCheck;
import dev.headwater.schema.registry.SchemaRegistry;
import java.util.List;

/** Schema evolution on one core: what upcasters cost where nothing is old, what a chain of them and validation cost. */
final class Evolving {

    private static final String EVENTS = "events/s";

    private Evolving() {}

    static List<Comparison> compare(Scale scale, SampleEvents samples) throws Exception {
        return List.of(current(scale, samples), chain(scale), validation(scale, samples));
    }

    /** Events at their current version, without upcasters and with one for every type. */
    private static Comparison current(Scale scale, SampleEvents samples) throws Exception {
        var events = Decoding.current(samples);
        var none = new Contestant(
                "Headwater without upcasters", Decoding.by(new MessageSerializer(SampleEvents.TYPES), events));
        var some = new Contestant("Headwater", Decoding.by(withUpcasters(), events));
        return run(scale, none, some)
                .compare("decode at the current version, upcasters registered", EVENTS, none, some, Target.ratio(0.97));
    }

    /** Every type had another name once. */
    private static MessageSerializer withUpcasters() {
        var upcasters = Upcasters.builder();
        for (var type : SampleEvents.TYPES.all()) {
            upcasters.rename(
                    new SchemaVersion("former." + type.name(), 1),
                    new SchemaVersion(type.name(), type.version()),
                    JsonEdit.none());
        }
        return MessageSerializer.builder(SampleEvents.TYPES)
                .upcasters(upcasters.build())
                .build();
    }

    /**
     * Events of a type that has changed five times, up to the typed event; the limit only parses and writes the JSON.
     */
    private static Comparison chain(Scale scale) throws Exception {
        var serializer = MessageSerializer.builder(MessageTypes.of(LineAdded.class))
                .upcasters(LineAdded.UPCASTERS)
                .build();
        var events = LineAdded.firstVersions();
        var jackson = new Contestant(
                "Jackson, tree read and written",
                Decoding.trees(MessageSerializer.defaultMapper().build(), events));
        var headwater = new Contestant("Headwater", Decoding.by(serializer, events));
        return run(scale, jackson, headwater)
                .compare("upcast by five JSON steps and decode", EVENTS, jackson, headwater, Target.ratio(0.5));
    }

    /**
     * Events that are held against the schemas of their types before they are decoded. Validation should add less than
     * decoding twice, so both together should be as fast as decoding three times.
     */
    private static Comparison validation(Scale scale, SampleEvents samples) throws Exception {
        var events = Decoding.current(samples);
        var plain = new MessageSerializer(SampleEvents.TYPES);
        var thrice = new Contestant("Headwater, decoded three times", Decoding.repeating(events, event -> {
            plain.decodeMessage(event);
            plain.decodeMessage(event);
            return plain.decodeMessage(event);
        }));
        var validated = new Contestant("Headwater", Decoding.by(checking(), events));
        return run(scale, thrice, validated)
                .compare("validate against a JSON Schema and decode", EVENTS, thrice, validated, Target.ratio(1));
    }

    private static MessageSerializer checking() {
        var registry = SchemaRegistry.builder(new InMemorySchemaStorage()).build();
        var mapper = MessageSerializer.defaultMapper().build();
        SchemaGenerator.of(mapper).schemasOf(SampleEvents.TYPES).forEach(schema -> registry.register(schema, "bench"));
        return MessageSerializer.builder(SampleEvents.TYPES)
                .mapper(mapper)
                .check(SchemaCheck.of(registry))
                .build();
    }

    private static Rounds run(Scale scale, Contestant... contestants) throws Exception {
        return new Experiment("evolution", (trial, pace) -> trial.run("", pace), contestants)
                .run(scale.rounds(), scale.pace());
    }
}
