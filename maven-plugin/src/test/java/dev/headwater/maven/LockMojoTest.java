package dev.headwater.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.DomainEvent;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes;
import dev.headwater.schema.lock.MessageModel;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.maven.plugin.MojoFailureException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockMojoTest {

    private static final List<String> CLASS_PATH =
            Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator));

    @TempDir
    private Path project;

    record Placed(String id) implements DomainEvent {}

    record PlacedWithTime(String id, long time) implements DomainEvent {}

    static final class Before implements MessageModel {
        @Override
        public MessageSerializer serializer() {
            return new MessageSerializer(
                    MessageTypes.builder().add(Placed.class, "order.placed", 1).build());
        }
    }

    static final class After implements MessageModel {
        @Override
        public MessageSerializer serializer() {
            return new MessageSerializer(MessageTypes.builder()
                    .add(PlacedWithTime.class, "order.placed", 1)
                    .build());
        }
    }

    static final class WithoutUpcaster implements MessageModel {
        @Override
        public MessageSerializer serializer() {
            return new MessageSerializer(MessageTypes.builder()
                    .add(PlacedWithTime.class, "order.placed", 2)
                    .build());
        }
    }

    @Test
    void aLockIsMadeCheckedAndKeptFromAnIncompatibleChange() throws Exception {
        assertThatThrownBy(check(Before.class.getName())::execute)
                .isInstanceOf(MojoFailureException.class)
                .hasMessageContaining("order.placed version 1 is new.\n  Run: make lock");

        lock(Before.class.getName()).execute();
        check(Before.class.getName()).execute();

        assertThatThrownBy(check(After.class.getName())::execute)
                .isInstanceOf(MojoFailureException.class)
                .hasMessageContaining("'time' is new and required")
                .hasNoCause();
        var before = Files.readString(lockFile());
        assertThatThrownBy(lock(After.class.getName())::execute).hasMessageContaining("'time' is new and required");
        assertThat(lockFile()).hasContent(before);
        assertThatThrownBy(check(WithoutUpcaster.class.getName())::execute)
                .isInstanceOf(MojoFailureException.class)
                .hasMessageContaining("there is no step from version 1 of 'order.placed' to version 2")
                .hasNoCause();
    }

    @Test
    void aModelThatCannotBeUsedIsNamed() {
        assertThatThrownBy(check("shop.Model")::execute)
                .hasMessage("The message model shop.Model cannot be used: there is no such class in the project");
        assertThatThrownBy(check(String.class.getName())::execute)
                .hasMessageContaining("it does not implement " + MessageModel.class.getName());
    }

    @Test
    void aProjectWithoutTheSchemaModuleIsToldSo() {
        var check = check(Before.class.getName());
        check.classPath = List.of(project.toString());

        assertThatThrownBy(check::execute).hasMessageContaining("add it to the dependencies");
    }

    private CheckSchemasMojo check(String model) {
        var mojo = new CheckSchemasMojo();
        mojo.updateCommand = "make lock";
        return configured(mojo, model);
    }

    private LockSchemasMojo lock(String model) {
        return configured(new LockSchemasMojo(), model);
    }

    private <M extends LockMojo> M configured(M mojo, String model) {
        mojo.classPath = CLASS_PATH;
        mojo.model = model;
        mojo.lock = lockFile().toFile();
        return mojo;
    }

    private Path lockFile() {
        return project.resolve("schema.lock.json");
    }
}
