package dev.holdfast.cli;

import static dev.holdfast.testkit.GoldenFile.assertGolden;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests what the commands print, to the letter. */
class CliTest {
    private static final String FILES = "src/test/resources/dev/holdfast/cli/";
    private static final String SHOP = FILES + "shop.toml";

    @TempDir
    Path directory;

    @Test
    void helpReadsWell() {
        StringBuilder text = new StringBuilder();
        for (String command : new String[] {
            "", "check", "explain", "scan", "init", "attach", "list", "status", "off", "on", "completion"
        }) {
            text.append((command.isEmpty() ? CommandRun.of("help") : CommandRun.of("help", command)).transcript());
            if (!command.isEmpty()) {
                assertThat(CommandRun.of(command, "--help").out())
                        .isEqualTo(CommandRun.of("help", command).out());
            }
        }

        assertGolden("cli/help.txt", text.toString());
    }

    @Test
    void everyLineOfHelpFitsATerminal() {
        assertThat(CommandRun.of("help").out().lines()).allMatch(line -> line.length() <= 96);
        assertThat(CommandRun.of("help", "explain").out().lines()).allMatch(line -> line.length() <= 96);
    }

    @Test
    void memoryThatIsUsedUpIsSaidInOneLine() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(new ByteArrayOutputStream()) {
            @Override
            public void write(byte[] bytes, int from, int length) {
                throw new OutOfMemoryError();
            }
        };

        int status = Cli.run(new String[] {"check", SHOP}, new File("a.jar"), "1", out, new PrintStream(err));

        assertThat(status).isEqualTo(Cli.NOT_POSSIBLE);
        assertThat(err.toString(Charset.defaultCharset()).strip())
                .isEqualTo("holdfast: this takes more memory than the JVM may use; raise -Xmx");
    }

    @Test
    void check() {
        assertGolden(
                "cli/check.txt",
                CommandRun.of("check", SHOP).transcript()
                        + CommandRun.of("check", FILES + "bad.toml").transcript()
                        + CommandRun.of("check", FILES + "doubtful.toml").transcript()
                        + CommandRun.of("check", "--strict", FILES + "doubtful.toml")
                                .transcript()
                        + CommandRun.of("check", SHOP, FILES + "bad.toml", FILES + "doubtful.toml", "missing.toml")
                                .transcript()
                        + CommandRun.of("check", "--strict", FILES + "notes.toml")
                                .transcript()
                        + CommandRun.of("check", "--json", FILES + "bad.toml", FILES + "doubtful.toml")
                                .transcript());
    }

    @Test
    void checkOfStandardInput() throws IOException {
        byte[] bad = Files.readAllBytes(Path.of(FILES + "bad.toml"));

        assertGolden(
                "cli/check-input.txt",
                CommandRun.ofInput(Files.readAllBytes(Path.of(SHOP)), "check", "--strict", "-")
                                .transcript()
                        + CommandRun.ofInput(bad, "check", "-").transcript()
                        + CommandRun.ofInput(bad, "check", SHOP, "-").transcript()
                        + CommandRun.ofInput(bad, "check", "--json", "-").transcript()
                        + CommandRun.ofInput("[retry]".getBytes(StandardCharsets.UTF_16), "check", "-")
                                .transcript()
                        + CommandRun.ofInput(new byte[1 << 21], "check", "-").transcript()
                        + CommandRun.ofInput(new byte[0], "check", "-").transcript()
                        + CommandRun.ofInput(bad, "check", "-", "-").transcript());
    }

    @Test
    void explain() {
        assertGolden(
                "cli/explain.txt",
                CommandRun.of(
                                        "explain",
                                        SHOP,
                                        "https://user:secret@api.example.com/v1/orders?token=secret#secret",
                                        "--outcomes",
                                        "503,reset,200")
                                .transcript()
                        + CommandRun.of(
                                        "explain",
                                        "--short",
                                        SHOP,
                                        "post",
                                        "https://api.example.com/v1/orders",
                                        "--outcomes",
                                        "503")
                                .transcript()
                        + CommandRun.of(
                                        "explain",
                                        "--short",
                                        SHOP,
                                        "POST",
                                        "https://api.example.com/v1/orders",
                                        "--outcomes",
                                        "timeout:20s",
                                        "--header",
                                        "Idempotency-Key: 7")
                                .transcript()
                        + CommandRun.of("explain", "--short", SHOP, "POST", "https://api.example.com/v1/refunds")
                                .transcript()
                        + CommandRun.of("explain", "--short", SHOP, "http://www.example.com:8080")
                                .transcript());
    }

    @Test
    void explainForPrograms() {
        assertGolden(
                "cli/explain.json.txt",
                CommandRun.of(
                                "explain",
                                "--json",
                                SHOP,
                                "https://user:secret@api.example.com/v1/orders?token=secret",
                                "--outcomes",
                                "429:retry-after=2,200:20ms",
                                "--calls",
                                "2")
                        .transcript());
    }

    @Test
    void nothingSecretIsEverPrinted() {
        String url = "https://user:secret@api.example.com/v1/orders?token=secret#secret";
        for (CommandRun run : new CommandRun[] {
            CommandRun.of("explain", SHOP, url, "--outcomes", "503"),
            CommandRun.of("explain", "--json", SHOP, url, "--outcomes", "503"),
            CommandRun.of("explain", url, SHOP),
            CommandRun.of("explain", url),
            CommandRun.of("explain", SHOP, "GET", url, url),
            CommandRun.of("explain", SHOP, "GET", url.replace("https", "ftp")),
            CommandRun.of("attach", url),
            CommandRun.of("status", url),
            CommandRun.of(url)
        }) {
            assertThat(run.out() + run.err())
                    .as(run.arguments().toString())
                    .doesNotContain("user:secret")
                    .doesNotContain("token=secret")
                    .doesNotContain("a secret of the file");
        }
    }

    @Test
    void wrongUse() {
        assertGolden(
                "cli/wrong-use.txt",
                CommandRun.of("chekc", SHOP).transcript()
                        + CommandRun.of("check").transcript()
                        + CommandRun.of("check", "--stirct", SHOP).transcript()
                        + CommandRun.of("explain", SHOP).transcript()
                        + CommandRun.of("explain", SHOP, "GET", "https://a.example", "more")
                                .transcript()
                        + CommandRun.of("explain", SHOP, "api.example.com").transcript()
                        + CommandRun.of("explain", SHOP, "a b", "https://api.example.com")
                                .transcript()
                        + CommandRun.of("explain", SHOP, "https://api.example.com", "--outcomes", "503,broken")
                                .transcript()
                        + CommandRun.of("explain", SHOP, "https://api.example.com", "--calls", "0")
                                .transcript()
                        + CommandRun.of("explain", FILES + "bad.toml", "https://api.example.com")
                                .transcript()
                        + CommandRun.of("attach").transcript()
                        + CommandRun.of("attach", "shop").transcript()
                        + CommandRun.of("attach", "0").transcript()
                        + CommandRun.of("attach", "1", FILES + "bad.toml").transcript()
                        + CommandRun.of("list", "shop").transcript()
                        + CommandRun.of("status", "--interval", "0", "1").transcript());
        assertThat(CommandRun.of()).satisfies(run -> {
            assertThat(run.status()).isEqualTo(2);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).isEqualTo(CommandRun.of("help").out());
        });
    }

    @Test
    void versionInEachSpelling() {
        for (String spelling : new String[] {"version", "--version", "-V"}) {
            assertThat(CommandRun.of(spelling))
                    .isEqualTo(new CommandRun(java.util.List.of(spelling), 0, "holdfast 1.2.3\n", ""));
        }
    }

    @Test
    void initWritesAFileThatIsGoodAndLeavesOneThatIsThereAlone() throws IOException {
        Path file = directory.resolve("holdfast.toml");

        assertThat(CommandRun.of("init", file.toString()).out()).startsWith("wrote " + file);
        String written = Files.readString(file);
        assertThat(CommandRun.of("check", "--strict", file.toString()))
                .satisfies(run -> assertThat(run.status()).isZero());
        Files.writeString(file, "mine");
        CommandRun again = CommandRun.of("init", file.toString());

        assertThat(again.status()).isEqualTo(3);
        assertThat(again.err()).contains("is there already, and was left as it is; --force writes over it");
        assertThat(file).hasContent("mine");
        assertThat(CommandRun.of("init", "--force", file.toString()).status()).isZero();
        assertThat(file).hasContent(written);
        assertThat(CommandRun.of("init", "-").out()).isEqualTo(written);
        CommandRun nowhere =
                CommandRun.of("init", directory.resolve("no/such/x.toml").toString());
        assertThat(nowhere.status()).isEqualTo(3);
        assertThat(nowhere.err()).contains("its directory does not exist");
    }

    /** Whoever takes a {@code #} away gets what the line says. */
    @Test
    void theSettingsThatTheStarterLeavesOffAreGoodToo() throws IOException {
        String starter = CommandRun.of("init", "-").out();
        String all = starter.replaceAll("(?m)^#(\\w+ = )", "$1").replace("enabled = false", "enabled = true");
        Path file = Files.writeString(directory.resolve("all.toml"), all);

        assertThat(starter.lines().filter(line -> line.matches("#\\w+ = .*"))).hasSizeGreaterThan(5);
        assertThat(CommandRun.of("check", "--strict", file.toString()))
                .satisfies(run -> assertThat(run.status()).as(run.out()).isZero());
    }
}
