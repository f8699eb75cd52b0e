package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.holdfast.policy.Policy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Variables where names are, and where what is said of them has to be exact. */
class VariablePlacesTest {
    @TempDir
    Path directory;

    private static Configuration parse(String text, String... variables) throws ConfigException {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            map.put(variables[i], variables[i + 1]);
        }
        return ConfigLoader.parse(text, "t.toml", new Environment(map, Map.of()));
    }

    private static String refusal(String text, String... variables) {
        return catchThrowableOfType(ConfigException.class, () -> parse(text, variables))
                .getMessage();
    }

    @Test
    void aVariableInPlaceOfAHostsTableIsAnErrorOfThatHost() {
        assertThat(refusal("[hosts]\n\"a.ex\" = \"${X}\"\n", "X", "hidden"))
                .contains("t.toml:2:1: hosts.\"a.ex\": found a string; allowed: a table");
        assertThat(refusal("[hosts]\n\"${H}\" = \"${X}\"\n", "X", "hidden", "H", "a.ex"))
                .contains("t.toml:2:1: hosts.\"${H}\": found a string; allowed: a table");
        assertThat(refusal("[hosts]\n\"${H}\" = [\"${X}\"]\n", "X", "hidden", "H", "a.ex"))
                .contains("t.toml:2:1: hosts.\"${H}\": found an array; allowed: a table");
    }

    @Test
    void theTextOfAFileIsRefusedForTheHostsOfAPolicyOnly() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "v\n");
        String file = "${file:" + secret + "}";
        String text = """
                [policies."hosts"]
                hosts = ["a.ex"]
                retry.fallback.strategy = "default_value"
                retry.fallback.default_value.headers = { hosts = "%s" }
                """.formatted(file);

        Policy policy = parse(text).policies().values().iterator().next();

        assertThat(policy.fallback().defaults().get(0).headers()).isEqualTo(Map.of("hosts", List.of("v")));
        for (String list : List.of("\"" + file + "\"", "[\"" + file + "\"]")) {
            assertThat(refusal("[policies.p]\nhosts = " + list + "\n"))
                    .contains("policies.p.hosts: the text of a file");
        }
    }

    @Test
    void aLiteralPathIsNotCalledLikeOneWithAVariable() throws ConfigException {
        Configuration configuration = parse("""
                [hosts.a]
                retry.max_retries = 1
                [[hosts.a.routes]]
                path = "/$${A}"
                retry.max_retries = 5
                [[hosts.a.routes]]
                path = "/${A}"
                retry.max_retries = 6
                [[hosts.a.routes]]
                path = "/$$${A}"
                methods = ["GET"]
                """, "A", "b");

        assertThat(configuration.policyNames()).containsExactlyInAnyOrder("a", "a /$${A}", "a /${A}", "a GET /$$${A}");
        Explanation literal = Explanation.of(configuration, "GET", RequestUrl.parse("http://a/${A}"));
        assertThat(literal.policy()).isEqualTo("a /$${A}");
        assertThat(literal.routes())
                .extracting(Explanation.Candidate::pattern, Explanation.Candidate::reason)
                .contains(
                        tuple("/${A}", "does not match, with the values of its variables"),
                        tuple("GET /$$${A}", "its segment 1 is \"$${A}\", the path's is \"${A}\""));
    }

    @Test
    void aSecretIsWatchedHoweverItsNameIsWritten() throws Exception {
        for (String name : List.of("a\"b", "a\\b", "retries", "b a")) {
            String escaped = name.replace("\\", "\\\\").replace("\"", "\\\"");
            for (String text : List.of(
                    "a = \"${file:" + escaped + "}\"",
                    "a = \"\"\"${file:" + escaped.replace("a", "a\\\n  ") + "}\"\"\"",
                    "a = \"\"\"$\\\r\n\t {fi\\ \n\nle:" + escaped + "}\"\"\"",
                    "a = '''${file:" + name + "}'''")) {
                Path secret = Files.writeString(directory.resolve(name), "1");
                String before = ExternalFiles.state(text, directory + "/holdfast.toml");
                Files.writeString(secret, "2");

                assertThat(ExternalFiles.mayBeNamedIn(text)).isTrue();
                assertThat(ExternalFiles.state(text, directory + "/holdfast.toml"))
                        .as(text)
                        .isNotEqualTo(before);
            }
        }
    }

    @Test
    void aVariableThatALineEndIsInIsReplaced() throws ConfigException {
        assertThat(parse("[retry]\nmax_retries = \"\"\"$\\\n  {N}\"\"\"\n", "N", "4")
                        .policies()
                        .values())
                .singleElement()
                .satisfies(policy -> assertThat(policy.retry().maxRetries()).isEqualTo(4));
    }
}
