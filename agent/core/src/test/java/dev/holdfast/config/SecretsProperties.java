package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.Policy;
import dev.holdfast.policy.Route;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonFactory;

/** A value from outside the file is in nothing that anybody reads, whatever key it stands for, good or bad. */
class SecretsProperties {
    /** Texts that surround a secret so that it is allowed by some key or another. */
    static final List<String> FORMS = List.of(
            "%s",
            "https://%s.example/%s", "%s:9464", "/%s/x/**", "a.%s", "/tmp/%s", "/%s", "-%s", "%s%%", "%s\n%s", "%s@x");

    @Property(tries = 2000)
    void noOutputHoldsIt(
            @ForAll("keys") Key<?> key,
            @ForAll("forms") String form,
            @ForAll("secrets") String secret,
            @ForAll boolean host) {
        String value = form.replace("%%", "%").replace("%s", secret);
        for (String text : files(key, host)) {
            for (Environment environment : List.of(
                    new Environment(Map.of("SECRET", value), Map.of()),
                    new Environment(Map.of("SECRET", value, Overrides.variable(key), value), Map.of()))) {
                String said = said(text, environment).toLowerCase(Locale.ROOT);
                assertThat(said).as(text).doesNotContain(secret);
            }
        }
    }

    static List<String> files(Key<?> key, boolean host) {
        String table = (host && key.perHost() ? "hosts.\"a.example\"." : "")
                + key.section().path();
        String header = table.isEmpty()
                ? ""
                : "[" + (table.endsWith(".") ? table.substring(0, table.length() - 1) : table) + "]\n";
        String chain = "[hosts.\"b.example\".retry.fallback]\nstrategy = [\"cache\", \"default_value\", \"degraded\"]\n"
                + "degraded.url = \"https://${SECRET:-x}.example\"\ndefault_value.body = \"${SECRET}\"\n"
                + "default_value.path = \"/${SECRET}*\"\n[[hosts.\"b.example\".routes]]\npath = \"/a/${SECRET}/*\"\n";
        String condition = "retry.buffer_response = '1KiB'\n[[" + (host ? "hosts.'a.example'." : "")
                + "retry.policy.when]]\naction = 'no_retry'\n";
        return List.of(
                condition
                        + "headers = { x = [\"${SECRET}\"] }\nbody = \"${SECRET}*\"\n"
                        + "json = { '/a' = \"*${SECRET}\" }\n",
                condition + "headers = \"${SECRET}\"\nbody = [\"\", \"${SECRET}\"]\njson = { a = \"${SECRET}\" }\n",
                condition + "status = [\"${SECRET}\"]\nmethods = [\"${SECRET}\"]\neven_if_successful = \"${SECRET}\"\n",
                header + key.name() + " = \"${SECRET}\"\n",
                header + key.name() + " = [\"${SECRET}\"]\n" + (host ? "[retry]\n" : ""),
                header + key.name() + " = { x = \"${SECRET}\", y = [\"${SECRET}\", \"b\"] }\n",
                chain + header + key.name() + " = \"a${SECRET}\"\n",
                header + key.name() + " = \"${SECRET}\"\nunknown = \"${SECRET}\"\nbroken = ");
    }

    private static String said(String text, Environment environment) {
        StringBuilder said = new StringBuilder();
        try {
            Configuration configuration = ConfigLoader.parse(text, "t.toml", environment);
            said.append(configuration.warnings()).append(configuration.notes());
            StringWriter json = new StringWriter();
            try (JsonGenerator to = JsonFactory.builder().build().createGenerator(json)) {
                to.writeStartArray();
                for (Policy policy : configuration.policies().values()) {
                    explain(configuration, policy, to, said);
                    for (Route route : policy.routes()) {
                        said.append(
                                configuration.provenance().values(route.policy().name()));
                    }
                }
                to.writeEndArray();
            }
            said.append(json).append(policyNames(configuration));
        } catch (ConfigException e) {
            said.append(e.getMessage()).append(e.problems());
        }
        return said.toString();
    }

    private static Set<String> policyNames(Configuration configuration) {
        return configuration.targetNames();
    }

    private static void explain(Configuration configuration, Policy policy, JsonGenerator to, StringBuilder said) {
        for (String method : List.of("GET", "POST")) {
            String host = policy.name().equals("*") ? "c.example" : policy.name();
            Explanation why = Explanation.of(configuration, method, RequestUrl.parse("https://" + host + "/a/b/c"));
            to.writeStartObject();
            ExplanationWriter.write(why, to);
            to.writeEndObject();
            said.append(why);
        }
    }

    @Provide
    Arbitrary<Key<?>> keys() {
        return Arbitraries.of(Keys.all());
    }

    @Provide
    Arbitrary<String> forms() {
        return Arbitraries.of(FORMS);
    }

    @Provide
    Arbitrary<String> secrets() {
        return Arbitraries.strings().withChars("qxzjkw").ofMinLength(9).ofMaxLength(70);
    }
}
