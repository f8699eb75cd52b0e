package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.config.ConfigException;
import dev.holdfast.config.ConfigLoader;
import dev.holdfast.config.Explanation;
import dev.holdfast.config.RequestUrl;
import org.junit.jupiter.api.Test;

class ExplanationTextTest {
    @Test
    void a_presets_lines_are_said_to_be_its_own() throws ConfigException {
        String file = """
                [hosts."api.stripe.com"]
                policy = "preset:stripe"
                [[hosts."api.stripe.com".retry.policy.when]]
                status = [409]
                action = "retry"
                """;
        Explanation why = Explanation.of(
                ConfigLoader.parse(file, "t.toml"), "GET", RequestUrl.parse("https://api.stripe.com/v1/charges"));

        String text = ExplanationText.of(why, true);

        assertThat(text.lines())
                .anyMatch(line -> line.matches("  preset:stripe, from its line \\d+"))
                .anyMatch(line -> line.matches("  initial_delay = \"500ms\" +# preset:stripe line \\d+"))
                .anyMatch(line -> line.matches("  when = \\*\\*\\* +# line 3, hosts\\.\"api\\.stripe\\.com\""))
                .anyMatch(line -> line.matches("  when = \\*\\*\\* +# preset:stripe line \\d+"))
                .noneMatch(line -> line.matches(".*# line \\d+, preset:stripe"));
    }

    @Test
    void a_route_of_a_preset_has_the_presets_line() throws ConfigException {
        String file = """
                [hosts."s.example"]
                policy = "preset:openai"
                [[hosts."s.example".routes]]
                path = "/mine"
                [[hosts."s.example".routes]]
                path = "/v1/embeddings"
                methods = ["POST"]
                """;
        Explanation why = Explanation.of(
                ConfigLoader.parse(file, "t.toml"), "POST", RequestUrl.parse("https://s.example/v1/moderations"));

        assertThat(ExplanationText.of(why, true).lines())
                .anyMatch(line -> line.matches("  => POST /v1/moderations +preset:openai line \\d+  matches.*"))
                .anyMatch(line -> line.matches("     /mine +line 3 .*"))
                .anyMatch(line -> line.matches("     POST /v1/embeddings +line 5 .*"))
                .anyMatch(line -> line.matches("  => s\\.example +line 1 .*"));
    }
}
