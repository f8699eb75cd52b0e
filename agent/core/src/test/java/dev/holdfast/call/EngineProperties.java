package dev.holdfast.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.PolicyTable;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Hosts come from URLs, and URLs from anywhere: whatever a name is made of, it gets an answer, and always the same. */
class EngineProperties {
    private final Engine everything = engine("*");
    private final Engine one = engine("api.example.com");

    @Property
    void anyTextIsAnswered(@ForAll String scheme, @ForAll String host, @ForAll int port) {
        assertThat(one.target(scheme, host, port)).isNull();
        assertThat(everything.target(scheme, host, port)).isNull();
        PolicyTarget target = everything.target("http", host, port);
        assertThat(everything.target("http", host, port)).isSameAs(target);
        assertThat(one.target("http", host, port)).isNull();
    }

    @Property
    void noNameThatResemblesAHostIsTakenForIt(@ForAll("lookalikes") String host) {
        PolicyTarget target = one.target("http", host, -1);

        String lower = host.toLowerCase(Locale.ROOT);
        assertThat(target != null).isEqualTo(lower.equals("api.example.com") || lower.equals("api.example.com."));
    }

    @Provide
    Arbitrary<String> lookalikes() {
        return Arbitraries.strings()
                .withChars("apiexmlcoAPI.%@:/\\\0 -_")
                .ofMaxLength(20)
                .flatMap(noise -> Arbitraries.of(
                        noise,
                        "api.example.com" + noise,
                        noise + "api.example.com",
                        "API.example.COM",
                        "api.example.com.",
                        "api.example.com" + noise + ".",
                        // A dotless and a dotted i, which some locales take for the plain one.
                        "ap\u0131.example.com" + noise,
                        "AP\u0130.example.com"));
    }

    private static Engine engine(String pattern) {
        return new Engine(
                new PolicyTable<>(
                        Map.of(HostPattern.parse(pattern), Policies.retry().policy())),
                new PolicyTargets(Observer.NONE),
                new Timer());
    }
}
