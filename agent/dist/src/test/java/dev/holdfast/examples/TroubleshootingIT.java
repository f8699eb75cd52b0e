package dev.holdfast.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.examples.Installation.Ended;
import dev.holdfast.examples.Page.Block;
import dev.holdfast.testkit.Jdks.Jdk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands of {@code docs/troubleshooting.md} run, and what it says of the usual mistakes is so. */
class TroubleshootingIT {
    private static final String OPTION = "-javaagent:/opt/holdfast/holdfast-agent.jar=/etc/holdfast.toml";

    private final Page page;
    private final String text;

    @TempDir
    Path directory;

    private Installation installation;

    TroubleshootingIT() throws IOException {
        Path file = Installation.REPOSITORY.resolve("docs/troubleshooting.md");
        page = Page.read(file);
        text = Files.readString(file);
    }

    @BeforeEach
    void install() throws IOException {
        installation = Installation.in(directory);
    }

    @Test
    void it_begins_with_nothing_happens() {
        assertThat(text.lines().filter(line -> line.startsWith("## "))).first().isEqualTo("## Nothing happens");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void its_commands_run(Jdk jdk) throws Exception {
        List<Block> commands = page.under("Nothing happens", "sh");

        assertThat(commands).hasSize(4).allSatisfy(command -> {
            Ended ended = installation.shell(jdk, command.text());
            assertThat(ended.exit()).as(ended.toString()).isZero();
        });
        assertThat(installation.shell(jdk, commands.get(2).text()).out())
                .contains("What the settings do not do for this request:", "POST is not listed");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void the_usual_mistakes_look_as_it_says(Jdk jdk) throws Exception {
        Ended behind = installation.shell(jdk, "java -jar app.jar " + OPTION);
        assertThat(behind.out()).isEqualToNormalizingNewlines(Installation.NOT_SERVED);
        assertThat(behind.err()).as("an argument of the program").isEmpty();

        Ended variable = installation.shell(jdk, "JAVA_TOOL_OPTIONS=" + OPTION + " java -jar app.jar");
        assertThat(variable.out()).isEqualToNormalizingNewlines(Installation.SERVED);
        assertThat(variable.err()).contains("Picked up JAVA_TOOL_OPTIONS");
        assertThat(installation.shell(
                        jdk, "JAVA_TOOL_OPTIONS=" + OPTION + " env -i \"$(command -v java)\" -jar app.jar"))
                .satisfies(dropped -> assertThat(dropped.out()).isEqualToNormalizingNewlines(Installation.NOT_SERVED));

        Ended twice = installation.shell(jdk, "JAVA_TOOL_OPTIONS=" + OPTION + " java " + OPTION + " -jar app.jar");
        assertThat(twice.out()).isEqualToNormalizingNewlines(Installation.SERVED);
        said(twice, "is in this JVM already");

        Ended noJar = installation.shell(jdk, "java -javaagent:/nowhere/holdfast.jar -jar app.jar");
        assertThat(noJar.exit()).isNotZero();
        assertThat(noJar.out()).doesNotContain("HttpClient");
        said(noJar, "Error opening zip file or JAR manifest missing");

        Ended noFile = installation.shell(
                jdk, "java -javaagent:/opt/holdfast/holdfast-agent.jar=/nowhere/holdfast.toml -jar app.jar");
        assertThat(noFile.exit()).isZero();
        assertThat(noFile.out()).isEqualToNormalizingNewlines(Installation.NOT_SERVED);
        assertThat(noFile.err()).contains("no such file");

        Ended strict = installation.shell(
                jdk,
                "java -javaagent:/opt/holdfast/holdfast-agent.jar=config=/nowhere/holdfast.toml,strict=true -jar "
                        + "app.jar");
        assertThat(strict.exit()).isEqualTo(1);
        assertThat(strict.out()).isEmpty();
    }

    /** The page has these words, and so has what the JVM wrote. */
    private void said(Ended ended, String words) {
        assertThat(ended.err()).contains(words);
        assertThat(text).contains(words);
    }
}
