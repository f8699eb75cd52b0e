package dev.holdfast.cli;

import static dev.holdfast.testkit.GoldenFile.assertGolden;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ToyClasses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests what {@code scan} prints, to the letter. */
class ScanTest {
    @TempDir
    Path directory;

    @Test
    void clientsWithVersionPlaceAndWhetherTheyAreCovered() throws IOException {
        Path app = shop();
        Path plain = archive("plain.jar", Map.of("A.class", ToyClasses.named("A")));

        assertGolden(
                "cli/scan.txt",
                shown(CommandRun.of("scan", app.toString(), plain.toString()))
                        + shown(CommandRun.of("scan", "--json", app.toString())));
    }

    @Test
    void whatCannotBeReadIsSaidAndFails() throws IOException {
        Path notes = Files.writeString(directory.resolve("notes.txt"), "no archive");
        Path broken = archive("broken.jar", Map.of("lib/none.jar", "no archive".getBytes(StandardCharsets.UTF_8)));

        assertGolden(
                "cli/scan-problems.txt",
                shown(CommandRun.of("scan", directory.resolve("none.jar").toString()))
                        + shown(CommandRun.of("scan", notes.toString(), shop().toString()))
                        + shown(CommandRun.of("scan", broken.toString()))
                        + shown(CommandRun.of("scan")));
    }

    @Test
    void nothingThatANameHoldsReachesTheTerminal() throws IOException {
        Path app = archive("app.jar", Map.of("lib/\u001b[31m.jar", new byte[] {1}));

        CommandRun run = CommandRun.of("scan", app.toString());

        assertThat(run.status()).isEqualTo(3);
        assertThat(run.out() + run.err()).doesNotContain("\u001b").contains("\\u{1b}");
    }

    private Path shop() throws IOException {
        Map<String, byte[]> sdk = new LinkedHashMap<>();
        sdk.put("a.class", ToyClasses.named("com.vendor.shaded.org.apache.http.client.HttpClient"));
        sdk.put(
                "META-INF/maven/org.apache.httpcomponents/httpclient/pom.properties",
                "artifactId=httpclient\nversion=4.5.14\n".getBytes(StandardCharsets.UTF_8));
        Map<String, byte[]> shop = new LinkedHashMap<>();
        shop.put("BOOT-INF/classes/A.class", ToyClasses.using("A", "java.net.http.HttpClient", "send", "()V"));
        shop.put("BOOT-INF/lib/b.jar", ToyClasses.zip(Map.of("B.class", url("B"))));
        shop.put("BOOT-INF/lib/c.jar", ToyClasses.zip(Map.of("C.class", url("C"))));
        shop.put(
                "BOOT-INF/lib/okhttp-4.12.0.jar",
                ToyClasses.zip(Map.of("okhttp3/OkHttpClient.class", ToyClasses.named("okhttp3.OkHttpClient"))));
        shop.put("BOOT-INF/lib/vendor-sdk-7.0.jar", ToyClasses.zip(sdk));
        return archive("shop.jar", shop);
    }

    private static byte[] url(String name) {
        return ToyClasses.using(name, "java.net.URL", "openConnection", "()Ljava/net/URLConnection;");
    }

    private Path archive(String name, Map<String, byte[]> entries) throws IOException {
        return Files.write(directory.resolve(name), ToyClasses.zip(entries));
    }

    private String shown(CommandRun run) {
        return run.transcript().replace(directory.toString() + "/", "");
    }
}
