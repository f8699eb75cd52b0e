package dev.holdfast.launch;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentOptionsTest {
    @ParameterizedTest
    @CsvSource({
        "holdfast.toml, holdfast.toml, false",
        "config=holdfast.toml, holdfast.toml, false",
        "'config=a.toml,strict=true', a.toml, true",
        "'strict=true , config = a b.toml', a b.toml, true",
        "'a.toml,strict=true', a.toml, true",
        "'config=a.toml,strict=false', a.toml, false",
    })
    void a_sensible_argument_is_understood(String argument, String file, boolean strict) {
        AgentOptions options = of(argument, null, null);

        assertThat(options.error()).isNull();
        assertThat(options.file()).isEqualTo(file);
        assertThat(options.strict()).isEqualTo(strict);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    strct=true              | did you mean strict
                    conf=x.toml             | did you mean config
                    Config=x.toml           | did you mean config
                    quux=1                  | is no option
                    strict=yes              | strict must be true or false
                    config=                 | names no file
                    config=a,config=b       | config is given twice
                    strict=true,strict=true | strict is given twice
                    strict=true,a.toml      | has no option's name
                    a.toml,b.toml=          | is no option
                    =                       | is no option
                    """)
    void an_argument_that_makes_no_sense_is_answered_with_the_options(String argument, String why) {
        assertThat(of(argument, "property.toml", "variable.toml").error())
                .contains(why, "config=FILE and strict=true|false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void without_an_argument_the_property_names_the_file_and_then_the_variable(String argument) {
        assertThat(of(argument, "property.toml", "variable.toml").file()).isEqualTo("property.toml");
        assertThat(of(argument, null, "variable.toml").file()).isEqualTo("variable.toml");
        assertThat(of(argument, " ", " ").file()).isNull();
    }

    @Test
    void strict_goes_with_a_file_that_the_property_names() {
        AgentOptions options = of("strict=true", "property.toml", null);

        assertThat(options.file()).isEqualTo("property.toml");
        assertThat(options.strict()).isTrue();
    }

    @Test
    void an_endless_argument_is_not_repeated_in_full() {
        assertThat(of("x".repeat(100_000) + "=1", null, null).error()).hasSizeLessThan(500);
    }

    private static AgentOptions of(String argument, @Nullable String property, @Nullable String variable) {
        return AgentOptions.of(argument).orFile(property).orFile(variable);
    }
}
