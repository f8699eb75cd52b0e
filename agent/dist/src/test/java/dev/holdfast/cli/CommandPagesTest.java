package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Tests what the pages for users say of the command line is so. */
class CommandPagesTest {
    private static final Pattern RUN =
            Pattern.compile("(?ms)^```\n\\$ java -jar agent/target/holdfast-agent\\.jar ([^\n]+)\n(.*?)^```$");
    private static final Pattern PROPERTY = Pattern.compile("\"(\\w+)\" ?:");
    private static final String FILES = "src/test/resources/dev/holdfast/cli/";

    private static final Path PAGE = Path.of("../../docs/command-line.md");

    @Test
    void thePageShowsWhatTheCommandsPrint() throws IOException {
        Matcher runs = RUN.matcher(Files.readString(PAGE).replace("\r\n", "\n"));
        int found = 0;
        while (runs.find()) {
            found++;
            String[] arguments = runs.group(1)
                    .replace("config-examples/", "../../config-examples/")
                    .split(" ");

            CommandRun run = CommandRun.of(arguments);

            assertThat((run.out() + run.err()).replace("../../config-examples/", "config-examples/"))
                    .as(runs.group(1))
                    .isEqualTo(runs.group(2));
        }
        assertThat(found).isPositive();
    }

    @Test
    void thePageNamesEveryPropertyOfTheJson() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String golden : new String[] {
            "../core/src/test/resources/dev/holdfast/observe/status.json",
            FILES + "explain.json.txt",
            FILES + "check.txt",
            FILES + "list.txt"
        }) {
            Matcher properties = PROPERTY.matcher(Files.readString(Path.of(golden)));
            while (properties.find()) {
                names.add(properties.group(1));
            }
        }
        names.removeAll(Set.of("503", "breaker_open", "used_up")); // labels that the example happens to have

        assertThat(words(Files.readString(PAGE))).containsAll(names);
        assertThat(names).hasSizeGreaterThan(50);
    }

    @Test
    void thePageNamesEveryCommandAndExitStatus() throws IOException {
        String page = Files.readString(PAGE);

        for (String command : CommandRun.of("help")
                .out()
                .lines()
                .filter(line -> line.matches("  [a-z]+(, [a-z]+)* +[A-Z].*"))
                .flatMap(line -> Arrays.stream(line.strip().split(" {2,}")[0].split(", ")))
                .toList()) {
            assertThat(page).contains("`" + command);
        }
        for (String line : CommandRun.of("help")
                .out()
                .lines()
                .filter(line -> line.matches("  [0-4]   .*"))
                .toList()) {
            assertThat(page.replace("`", "")).contains("| " + line.strip().replaceFirst(" +", " | ") + " |");
        }
    }

    private static Set<String> words(String text) {
        return new TreeSet<>(Arrays.asList(text.split("\\W+")));
    }
}
