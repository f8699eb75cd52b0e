package dev.holdfast.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.call.Outcome;
import dev.holdfast.policy.ErrorKind;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomeScriptTest {
    @Test
    void readsStatusesFailuresTimesAndHeaders() {
        OutcomeScript script = OutcomeScript.parse("503, 429:retry-after=5:20ms, reset, timeout:10s, timeout");

        assertThat(script.acts())
                .extracting(OutcomeScript.ScriptedOutcome::name)
                .containsExactly("503", "429", "reset", "timeout", "timeout");
        assertThat(script.acts())
                .extracting(OutcomeScript.ScriptedOutcome::nanos)
                .containsExactly(0L, 20_000_000L, 0L, 10_000_000_000L, OutcomeScript.FOREVER);
        assertThat(((Outcome.Response) script.act(1).outcome()).header("Retry-After"))
                .isEqualTo("5");
        assertThat(script.act(99)).isSameAs(script.acts().get(4));
    }

    @Test
    void knowsEveryKindOfFailureByItsNameInTheConfiguration() {
        assertThat(Arrays.stream(ErrorKind.values()).filter(kind -> kind != ErrorKind.OTHER))
                .allSatisfy(kind -> {
                    Outcome.Failure failure = (Outcome.Failure)
                            OutcomeScript.parse(kind.configName()).act(0).outcome();
                    assertThat(failure.kind()).isEqualTo(kind);
                    assertThat(failure.nothingSent()).isEqualTo(kind.nothingSent());
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "503,",
                "600",
                "99",
                "5o3",
                "rest",
                "503:",
                "503:5",
                "503:-1s",
                "503:1e9h",
                "503:=x",
                "timeout:soon"
            })
    void saysWhatIsAllowed(String text) {
        assertThatThrownBy(() -> OutcomeScript.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is no outcome; allowed are a status");
    }

    @Test
    void isBounded() {
        assertThatThrownBy(() -> OutcomeScript.parse("200,".repeat(2_000) + "200"))
                .hasMessage("more than 1000 outcomes");
    }
}
