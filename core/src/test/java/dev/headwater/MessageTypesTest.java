package dev.headwater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headwater.MessageTypes.RegisteredType;
import org.junit.jupiter.api.Test;

class MessageTypesTest {

    sealed interface Light extends DomainEvent {
        @MessageType("light.on")
        record On(int level) implements Light {}

        @MessageType(value = "light.off", version = 3)
        record Off() implements Light {}

        sealed interface Broken extends Light {
            @MessageType("light.broken")
            record Bulb() implements Broken {}
        }
    }

    sealed interface Forgetful extends DomainEvent {
        @MessageType("forgetful.named")
        record Named() implements Forgetful {}

        record Nameless() implements Forgetful {}
    }

    sealed interface Porous extends DomainEvent {
        non-sealed interface Open extends Porous {}
    }

    @MessageType("light.on")
    record Impostor() implements DomainEvent {}

    record Plain(String text) implements DomainEvent {}

    @MessageType("greet")
    record Greet(String name) implements Command<String> {}

    @MessageType("both")
    record FactAndRequest() implements DomainEvent, Command<String> {}

    @MessageType("$light.switch")
    record Switch() implements DomainEvent {}

    @Test
    void namesThatBeginWithADollarSignBelongToTheToolkit() {
        assertThat(MessageTypes.builtIn(Switch.class).namesOf(Switch.class)).containsExactly("$light.switch");
        assertThat(MessageTypes.builtIn().all()).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageTypes.of(Switch.class))
                .withMessageContaining("'$light.switch': names that begin with $ belong to the toolkit");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        MessageTypes.builder().add(Plain.class, "$plain", 1).build())
                .withMessageContaining("'$plain'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageTypes.builtIn(Light.On.class))
                .withMessageContaining("'light.on'");
    }

    @Test
    void typesOfTheToolkitStandBesideThoseOfTheApplication() {
        var light = MessageTypes.of(Light.class);
        var builtIn = MessageTypes.builtIn(Switch.class);

        var both = light.and(builtIn);

        assertThat(both.all())
                .containsAll(light.all())
                .containsAll(builtIn.all())
                .hasSize(4);
        assertThat(both.and(builtIn).all()).containsExactlyElementsOf(both.all());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> light.and(MessageTypes.of(Impostor.class)))
                .withMessageContaining("light.on");
    }

    @Test
    void bindsEverythingThatASealedTypePermits() {
        var types = MessageTypes.of(Light.class);

        assertThat(types.all())
                .containsExactly(
                        new RegisteredType(Light.On.class, "light.on", 1),
                        new RegisteredType(Light.Off.class, "light.off", 3),
                        new RegisteredType(Light.Broken.Bulb.class, "light.broken", 1));
    }

    @Test
    void findsByClassAndByName() {
        var types = MessageTypes.of(Light.class, Greet.class);

        assertThat(types.require(Light.Off.class).name()).isEqualTo("light.off");
        assertThat(types.find("light.broken")).map(RegisteredType::type).contains(Light.Broken.Bulb.class);
        assertThat(types.find("Light.broken")).isEmpty();
        assertThat(types.find(Light.On.class.getName())).isEmpty();
    }

    @Test
    void namesEverythingBelowAType() {
        var types = MessageTypes.of(Light.class, Greet.class);

        assertThat(types.namesOf(Light.class)).containsExactly("light.on", "light.off", "light.broken");
        assertThat(types.namesOf(Light.Broken.class)).containsExactly("light.broken");
        assertThat(types.namesOf(DomainEvent.class)).hasSize(3);
        assertThat(types.namesOf(Message.class)).hasSize(4);
    }

    @Test
    void aTypeRegisteredTwiceInTheSameWayIsRegisteredOnce() {
        assertThat(MessageTypes.of(Light.class, Light.On.class, Light.Broken.class)
                        .all())
                .hasSize(3);
    }

    @Test
    void anUnregisteredClassIsNamedWithTheRemedy() {
        var types = MessageTypes.of(Light.class);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> types.require(Plain.class))
                .withMessageContaining(Plain.class.getName())
                .withMessageContaining("MessageTypes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> types.namesOf(Command.class))
                .withMessageContaining(Command.class.getName());
    }

    @Test
    void aPermittedClassWithoutNameFailsAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageTypes.of(Forgetful.class))
                .withMessageContaining(Forgetful.Nameless.class.getName())
                .withMessageContaining("@MessageType");
    }

    @Test
    void anInterfaceThatAnybodyMayImplementFailsAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageTypes.of(Porous.class))
                .withMessageContaining(Porous.Open.class.getName())
                .withMessageContaining("seal it");
        assertThatIllegalArgumentException().isThrownBy(() -> MessageTypes.of(DomainEvent.class));
    }

    @Test
    void aNameUsedTwiceNamesBothCulprits() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageTypes.of(Light.class, Impostor.class))
                .withMessageContaining("'light.on'")
                .withMessageContaining(Light.On.class.getName())
                .withMessageContaining(Impostor.class.getName());
    }

    @Test
    void aClassBoundTwiceFails() {
        var builder = MessageTypes.builder().add(Plain.class, "plain.one", 1).add(Plain.class, "plain.two", 1);

        assertThatIllegalArgumentException()
                .isThrownBy(builder::build)
                .withMessageContaining(Plain.class.getName())
                .withMessageContaining("'plain.one'")
                .withMessageContaining("'plain.two'");
    }

    @Test
    void aClassCanBeBoundToAnotherNameThanItsAnnotationSays() {
        var types = MessageTypes.builder()
                .add(Light.class)
                .add(Light.On.class, "lamp.on", 2)
                .build();

        assertThat(types.require(Light.On.class)).isEqualTo(new RegisteredType(Light.On.class, "lamp.on", 2));
        assertThat(types.find("light.on")).isEmpty();
    }

    @Test
    void onlyAConcreteClassCanBeBoundToAName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        MessageTypes.builder().add(Light.class, "light", 1).build())
                .withMessageContaining(Light.class.getName())
                .withMessageContaining("'light'");
    }

    @Test
    void everyProblemIsReportedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageTypes.of(Forgetful.class, Porous.class, Light.class, Impostor.class))
                .withMessageContainingAll(
                        Forgetful.Nameless.class.getName(), Porous.Open.class.getName(), Impostor.class.getName());
    }

    @Test
    void malformedNamesAreRefused() {
        for (var name :
                new String[] {"", " ", ".a", "a.", "-a", "a b", "a\nb", "a/b", "é", "a'", "x".repeat(201), "\u202ea"}) {
            assertThatIllegalArgumentException()
                    .as("the name '%s'", name)
                    .isThrownBy(() ->
                            MessageTypes.builder().add(Plain.class, name, 1).build())
                    .withMessageContaining(Plain.class.getName());
        }
    }

    @Test
    void wellFormedNamesAreTaken() {
        for (var name : new String[] {"a", "A1", "order.placed", "order-placed_2", "x".repeat(200)}) {
            assertThat(MessageTypes.builder().add(Plain.class, name, 1).build().find(name))
                    .isPresent();
        }
    }

    @Test
    void aMessageIsOfOneKind() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageTypes.of(FactAndRequest.class))
                .withMessageContaining(FactAndRequest.class.getName())
                .withMessageContaining("two kinds");
    }

    @Test
    void schemaVersionsCountFromOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        MessageTypes.builder().add(Plain.class, "plain", 0).build())
                .withMessageContaining("schema version 0");
    }
}
