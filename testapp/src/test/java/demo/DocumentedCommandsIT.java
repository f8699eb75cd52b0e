package demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Commands and links of the pages for users lead to files that are there after a build. */
class DocumentedCommandsIT {
    private static final Path REPOSITORY =
            Path.of("target").toAbsolutePath().resolve("../..").normalize();

    /** A file of the repository in a command. */
    private static final Pattern FILE =
            Pattern.compile("(?<![\\w/.-])(?:agent|testapp|config-examples|docs)/[\\w./-]*\\w");

    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]*)(?:#([^)\\s]*))?\\)");

    @Test
    void every_file_in_a_command_is_there() throws IOException {
        int files = 0;
        for (Path page : pages()) {
            for (String command : commands(page)) {
                Matcher file = FILE.matcher(command);
                while (file.find()) {
                    files++;
                    assertThat(REPOSITORY.resolve(file.group()))
                            .as("%s: %s", page, command)
                            .exists();
                }
            }
        }
        assertThat(files).isGreaterThanOrEqualTo(15);
    }

    /** A clone has no such file: it is in {@code agent/target}. */
    @Test
    void the_readme_names_the_jar_where_a_build_leaves_it() throws IOException {
        List<String> commands = commands(REPOSITORY.resolve("README.md")).stream()
                .filter(command -> command.contains("holdfast-agent.jar"))
                .toList();

        assertThat(commands)
                .hasSizeGreaterThan(5)
                .allSatisfy(command -> assertThat(command).contains("agent/target/holdfast-agent.jar"));
    }

    @Test
    void every_link_leads_somewhere() throws IOException {
        int links = 0;
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                String target = link.group(1);
                if (target.contains(":")) {
                    continue; // somebody else's
                }
                links++;
                Path file =
                        target.isEmpty() ? page : page.resolveSibling(target).normalize();
                assertThat(file).as("%s: %s", page, link.group()).exists();
                if (link.group(2) != null) {
                    assertThat(headings(file)).as("%s: %s", page, link.group()).contains(link.group(2));
                }
            }
        }
        assertThat(links).isGreaterThan(40);
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(
                REPOSITORY.resolve("README.md"),
                REPOSITORY.resolve("CONTRIBUTING.md"),
                REPOSITORY.resolve("SECURITY.md")));
        for (String directory : new String[] {"docs"}) {
            try (Stream<Path> files = Files.list(REPOSITORY.resolve(directory))) {
                files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
            }
        }
        return pages;
    }

    /** The lines of a page that somebody would copy: indented, of a shell's block, or after a prompt. */
    private static List<String> commands(Path page) throws IOException {
        List<String> commands = new ArrayList<>();
        String fence = null;
        for (String line : Files.readAllLines(page)) {
            if (line.startsWith("```")) {
                fence = fence == null ? line.substring(3) : null;
            } else if (fence == null ? line.matches(" {4}[a-z.].*") : fence.equals("sh") || line.startsWith("$ ")) {
                commands.add(line);
            }
        }
        return commands;
    }

    /** The anchors of a page's headings, as GitHub makes them. */
    private static List<String> headings(Path page) throws IOException {
        return Files.readAllLines(page).stream()
                .filter(line -> line.matches("#+ .*"))
                .map(line -> line.replaceFirst("#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\s-]", "")
                        .replace(' ', '-'))
                .toList();
    }
}
