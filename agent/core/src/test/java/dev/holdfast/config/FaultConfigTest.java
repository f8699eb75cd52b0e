package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FaultPolicy;
import dev.holdfast.policy.Policy;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which faults a file asks for, and that it takes a second key in another place to inject any. */
class FaultConfigTest {
    private static final String FAULT = """
            retry.max_retries = 3
            [fault]
            share = 0.3
            status = 503
            [hosts."a.example".fault]
            share = 1.0
            [hosts."b.example".fault]
            status = 0
            error = "connection_reset"
            [[hosts."b.example".routes]]
            path = "/slow"
            [hosts."b.example".routes.fault]
            error = "none"
            delay = "2s"
            [hosts."c.example".fault]
            share = 0
            """;
    private static final String ARMED = """
            [faults]
            armed = true
            until = "2096-03-31T12:00:00+02:00"
            seed = 7
            """;
    private static final long UNTIL = 3_984_026_400_000L;

    private static Configuration read(String text) throws ConfigException {
        return ConfigLoader.parse(text, "f.toml");
    }

    private static Policy policy(Configuration configuration, String name) {
        return configuration.policies().values().stream()
                .filter(policy -> policy.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> texts(List<Problem> problems) {
        return problems.stream().map(Problem::toString).collect(Collectors.toList());
    }

    @Test
    void hostsAndRoutesInheritKeyByKey() throws ConfigException {
        Configuration configuration = read(FAULT + ARMED);

        assertThat(policy(configuration, "*").fault()).isEqualTo(new FaultPolicy(0.3, 503, null, 0, 0, 7, UNTIL));
        assertThat(policy(configuration, "a.example").fault()).isEqualTo(new FaultPolicy(1, 503, null, 0, 0, 7, UNTIL));
        Policy withRoute = policy(configuration, "b.example");
        assertThat(withRoute.fault()).isEqualTo(new FaultPolicy(0.3, 0, ErrorKind.CONNECTION_RESET, 0, 0, 7, UNTIL));
        assertThat(withRoute.routes().get(0).policy().fault())
                .isEqualTo(new FaultPolicy(0.3, 0, null, 2_000_000_000L, 0, 7, UNTIL));
        assertThat(policy(configuration, "c.example").fault()).isEqualTo(FaultPolicy.NONE);
    }

    @Test
    void nothingIsInjectedUnlessItIsArmed() throws ConfigException {
        for (String text : List.of(FAULT, FAULT + ARMED.replace("true", "false"))) {
            Configuration configuration = read(text);

            assertThat(configuration.warnings()).isEmpty();
            assertThat(configuration.policies().values())
                    .allMatch(policy -> policy.fault().equals(FaultPolicy.NONE));
        }
    }

    @Test
    void checkWarnsAsLongAsItIsArmed() throws ConfigException {
        assertThat(texts(read(FAULT + ARMED).warnings()))
                .containsExactly("f.toml:18:1: faults.armed: is true: calls get the faults of [fault] until"
                        + " 2096-03-31T12:00:00+02:00");
    }

    @Test
    void checkSaysThatAnEndIsOver() throws ConfigException {
        assertThat(texts(read(FAULT + ARMED.replace("2096", "2026")).warnings()))
                .containsExactly("f.toml:18:1: faults.armed: is true, and calls get no faults any more, since until is"
                        + " over: 2026-03-31T12:00:00+02:00");
    }

    /** An offset says which of the two hours is meant that a clock shows when summer time ends. */
    @Test
    void anEndIsOneMomentWhateverTheZoneOfTheMachine() throws ConfigException {
        for (String until : List.of("2096-10-28T02:30:00+02:00", "2096-10-28T01:30+01:00", "2096-10-28T00:30:00Z")) {
            String armed = ARMED.replace("2096-03-31T12:00:00+02:00", until);
            assertThat(policy(read(FAULT + armed), "*").fault().until()).isEqualTo("2096-10-28T00:30:00Z");
        }
    }

    @Test
    void whatIsArmedHasAnEnd() {
        assertThatThrownBy(() -> read(FAULT + "[faults]\narmed = true"))
                .hasMessageContaining("f.toml:18:1: faults.armed: needs an end beside it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tomorrow",
                "2026-03-31",
                "2026-03-31T10:00:00",
                "2026-13-31T10:00:00Z",
                "10:00",
                "+999999999-01-01T00:00:00Z",
                "2026-03-31T10:00:00[Europe/Berlin]"
            })
    void anEndThatIsNoTimeIsAnError(String until) {
        assertThatThrownBy(() -> read("retry.max_retries = 3\n[faults]\nuntil = \"" + until + "\""))
                .hasMessageContaining("f.toml:3:1: faults.until: is not a time");
    }

    @Test
    void anAttemptGetsOneFault() {
        String twoFaults = "retry.max_retries = 3\n[fault]\nshare = 1\nstatus = 503\n[hosts.a.fault]\ndelay = \"1s\"";
        assertThatThrownBy(() -> read(twoFaults))
                .hasMessageContaining("f.toml:6:1: hosts.a.fault.delay: is a second fault beside status (line 4)");
    }

    @Test
    void aStatusThatIsNoErrorIsRefused() {
        assertThatThrownBy(() -> read("retry.max_retries = 3\n[fault]\nshare = 1\nstatus = 200"))
                .hasMessageContaining("f.toml:4:1: fault.status: is 200, which is no error");
    }

    @Test
    void aShareOfNothingAndANothingOfAShareHaveNoEffect() throws ConfigException {
        assertThat(texts(read("retry.max_retries = 3\n[fault]\nshare = 0.5").warnings()))
                .singleElement()
                .asString()
                .contains("fault.share: has no effect");
        assertThat(texts(read("retry.max_retries = 3\n[fault]\nstatus = 503").warnings()))
                .singleElement()
                .asString()
                .contains("fault.status: has no effect: it takes a share");
    }

    @Test
    void aSimulationPlaysWhatItsScriptSaysAndInjectsNothing() throws ConfigException {
        RequestUrl url = RequestUrl.parse("http://b.example/slow");
        Configuration armed = read(FAULT + ARMED);

        assertThat(armed.faultPolicies())
                .extracting(Policy::name)
                .containsExactly("*", "a.example", "b.example", "b.example /slow");
        assertThat(policy(armed, "b.example")
                        .withoutFaults()
                        .of("GET", url.path())
                        .fault())
                .isEqualTo(FaultPolicy.NONE);
    }

    @Test
    void theExplanationOfARequestSaysWhatItGets() throws ConfigException {
        RequestUrl url = RequestUrl.parse("http://a.example/");
        Configuration armed = read(FAULT + ARMED);

        assertThat(Explanation.of(armed, "GET", url).restrictions())
                .contains(new Explanation.Restriction(
                        "fault.share",
                        "[faults] is armed: until 2096-03-31T10:00:00Z, a share of 1.0 of the attempts gets status"
                                + " 503"));
        Configuration over = read(FAULT + ARMED.replace("2096", "2016"));
        assertThat(Explanation.of(over, "GET", url).restrictions())
                .contains(new Explanation.Restriction(
                        "fault.share",
                        "[faults] is armed, and no attempt gets a fault any more, since until is over:"
                                + " 2016-03-31T10:00:00Z"));
        Configuration observed = read("mode = \"observe\"\n" + FAULT + ARMED);
        assertThat(Explanation.of(observed, "GET", url).restrictions())
                .extracting(Explanation.Restriction::text)
                .anyMatch(text -> text.contains("would get, if mode were \"enforce\", status 503"));
        assertThat(Explanation.of(read(FAULT), "GET", url).restrictions())
                .extracting(Explanation.Restriction::setting)
                .doesNotContain("fault.share");
    }
}
