package dev.headwater.examples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.schema.asyncapi.AsyncApi;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the services have promised each other, in the documents of {@code examples/shop/contracts}. */
class ContractsTest {

    private static final Path COMMITTED = Path.of("contracts");

    @TempDir
    Path folder;

    private final StringWriter said = new StringWriter();

    @Test
    void theDocumentsAreThoseOfTheServices() throws IOException {
        for (var document : Contracts.documents().entrySet()) {
            assertThat(Contracts.file(COMMITTED, document.getKey()))
                    .as("to be written with ./demo --contracts examples/shop/contracts")
                    .hasContent(document.getValue().text());
        }
    }

    @Test
    void everyServiceUnderstandsEveryOther() throws IOException {
        assertThat(Contracts.write(folder, new PrintWriter(said))).isTrue();

        assertThat(folder).isDirectoryContaining(file -> file.endsWith("analytics.json"));
        assertThat(said.toString()).contains("Wrote the contracts of 6 services");
    }

    @Test
    void whatADocumentInTheFolderCannotReadIsSaidByFieldAndChangesNothing() throws IOException {
        Contracts.write(folder, new PrintWriter(said));
        var payment = Contracts.file(folder, Service.PAYMENT);
        var demanding = AsyncApi.read(payment).text().replace("\"orderId\"", "\"orderNumber\"");
        Files.writeString(payment, demanding);

        assertThat(Contracts.write(folder, new PrintWriter(said))).isFalse();

        assertThat(said.toString()).contains("nothing was written", "ordering to payment: ", "orderNumber");
        assertThat(payment).hasContent(demanding);
    }

    @Test
    void aFileThatIsNoDocumentIsRefusedWithItsName() throws IOException {
        var file = Files.writeString(Contracts.file(folder, Service.SHIPPING), "{}");

        int status = Main.commandLine().execute("--contracts", folder.toString());

        assertThat(status).isEqualTo(1);
        assertThat(file).hasContent("{}");
    }
}
