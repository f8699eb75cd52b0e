package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RetryPolicy;
import dev.holdfast.policy.StoreSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values from outside the file: variables of the environment, texts of files, keys that are set by their names. */
class VariablesTest {
    @TempDir
    Path directory;

    private static Configuration parse(String text, String... variables) throws ConfigException {
        return ConfigLoader.parse(text, "t.toml", environment(variables));
    }

    private static Environment environment(String... variables) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            map.put(variables[i], variables[i + 1]);
        }
        return new Environment(map, Map.of());
    }

    private static Policy policy(Configuration configuration, String pattern) {
        return Objects.requireNonNull(configuration.policies().get(HostPattern.parse(pattern)));
    }

    private static String refusal(String text, String... variables) {
        return catchThrowableOfType(ConfigException.class, () -> parse(text, variables))
                .getMessage();
    }

    @Test
    void aShellsVariableInTheStoreOrTheMiddleOfAPathIsWarnedOf() throws ConfigException {
        assertThat(parse("""
                                [store]
                                url = "redis://:$REDIS_PASSWORD@cache.internal:6379"
                                [hosts."a.ex".retry]
                                [[hosts."a.ex".routes]]
                                path = "/v1/$TENANT/x"
                                """).warnings())
                .extracting(Problem::toString)
                .anyMatch(text -> text.contains("store.url: is taken literally; a variable is written ${NAME}"))
                .anyMatch(text -> text.contains("path: is taken literally; a variable is written ${TENANT}"));
    }

    @Test
    void theStoreIsCalledByTheNameOfItsVariable() throws ConfigException {
        StoreSettings store =
                Objects.requireNonNull(parse("[store]\nurl = \"redis://:pass@${STORE}\"\n", "STORE", "cache.internal:7")
                        .store());

        assertThat(store.nodes()).containsExactly("cache.internal:7");
        assertThat(store.where()).isEqualTo("the value of \"***${STORE}\"");
    }

    @Test
    void aNumberHasTheFormsOfToml() throws ConfigException {
        assertThat(policy(parse("[retry]\nmax_retries = \"${N}\"\n", "N", "+3"), "*")
                        .retry()
                        .maxRetries())
                .isEqualTo(3);
        for (String multiplier : List.of("1.5", "+1.5", "15e-1", "1.5_0", "0.15E+1")) {
            assertThat(policy(parse("[retry]\nmultiplier = \"${N}\"\n", "N", multiplier), "*")
                            .retry()
                            .backoff()
                            .multiplier())
                    .isEqualTo(1.5);
        }
        for (String number : List.of("\u0663", "03", "3L", "1__0", "_1", "1_", "99999999999999999999")) {
            assertThat(refusal("[retry]\nmax_retries = \"${N}\"\n", "N", number))
                    .contains("retry.max_retries: ", "${N}");
        }
        for (String number : List.of("1.5f", "0x1.8p1", "1.5d", "1.", ".5", "\u0661.5", "01.5")) {
            assertThat(refusal("[retry]\nmultiplier = \"${N}\"\n", "N", number)).contains("retry.multiplier: ", "${N}");
        }
    }

    @Test
    void aVariableStandsInAnyString() throws ConfigException {
        Configuration configuration = parse(
                """
                [hosts."${API_HOST}".retry.fallback]
                strategy = "${STRATEGY}"
                default_value.body = 'a ${BODY} b ${BODY}${BODY}'
                [[hosts."${API_HOST}".routes]]
                path = "/${TENANT}/**"
                methods = ["GET", "${METHOD}"]
                """,
                "API_HOST",
                "API.example.com",
                "STRATEGY",
                "default_value",
                "BODY",
                "$1",
                "TENANT",
                "acme",
                "METHOD",
                "put");

        Policy host = policy(configuration, "api.example.com");
        assertThat(new String(host.fallback().defaults().get(0).body().bytes())).isEqualTo("a $1 b $1$1");
        assertThat(host.routes().get(0).pattern()).hasToString("GET,PUT /acme/**");
        assertThat(host.routes().get(0).policy().name())
                .isEqualTo("API.example.com [\"GET\", \"${METHOD}\"] /${TENANT}/**");
    }

    @Test
    void aValueThatComesWhollyFromOutsideHasTheTypeOfItsKey() throws ConfigException {
        RetryPolicy retry = policy(
                        parse(
                                """
                [retry]
                enabled = "${ON}"
                max_retries = "${N}"
                multiplier = "${M}"
                jitter = "${ON:-false}"
                initial_delay = "${SECONDS}s"
                buffer_response = "${BYTES:-1024}"
                policy.methods = "${METHODS}"
                policy.retryable_status_codes = [500, "${STATUS}"]
                """,
                                "ON",
                                "true",
                                "N",
                                " 7 ",
                                "M",
                                "1.5",
                                "SECONDS",
                                "2",
                                "METHODS",
                                "GET, POST",
                                "STATUS",
                                "503"),
                        "*")
                .retry();

        assertThat(retry.enabled()).isTrue();
        assertThat(retry.maxRetries()).isEqualTo(7);
        assertThat(retry.backoff().multiplier()).isEqualTo(1.5);
        assertThat(retry.backoff().initialNanos()).isEqualTo(2_000_000_000L);
        assertThat(retry.bufferResponseBytes()).isEqualTo(1024);
        assertThat(retry.methods()).containsExactlyInAnyOrder("GET", "POST");
        assertThat(retry.statuses()).containsExactlyInAnyOrder(500, 503);
    }

    @Test
    void aDefaultHoldsWhereAVariableIsNotSet() throws ConfigException {
        String text = "[retry]\nmax_delay = \"${MAX:-45s}\"";

        assertThat(policy(parse(text), "*").retry().backoff().maxNanos()).isEqualTo(45_000_000_000L);
        assertThat(policy(parse(text, "MAX", "50s"), "*").retry().backoff().maxNanos())
                .isEqualTo(50_000_000_000L);
        assertThat(refusal(text, "MAX", ""))
                .contains("the value of \"${MAX:-45s}\" is empty (a default holds where a variable is not set)");
    }

    @Test
    void twoDollarsBeforeABraceAreALiteralOne() throws ConfigException {
        String text =
                "[retry.fallback]\nstrategy = \"default_value\"\ndefault_value.body = \"$${NAME} $$ $1 $ {x} ${N}\"";

        assertThat(new String(policy(parse(text, "N", "${NAME}$${"), "*")
                        .fallback()
                        .defaults()
                        .get(0)
                        .body()
                        .bytes()))
                .isEqualTo("${NAME} $$ $1 $ {x} ${NAME}$${");
    }

    @Test
    void twoPatternsThatBecomeTheSameAreAnError() {
        assertThat(refusal("[hosts.\"${A}\".retry]\n[hosts.\"${B}\".retry]", "A", "a.example", "B", "a.example"))
                .isEqualTo("t.toml:2:1: hosts.\"${B}\": is the same name as in line 1");
    }

    @Test
    void theTextOfAFileIsAValueWithoutItsLineEnd() throws Exception {
        Path secret = Files.writeString(directory.resolve("token"), "s3cr3t\r\n");
        Path file = directory.resolve("h.toml");
        Files.writeString(file, """
                [retry.fallback]
                strategy = "default_value"
                default_value.body = "Bearer ${file:%s} ${file:token} ${file:absent:-none}"
                """.formatted(secret));

        Configuration configuration = ConfigLoader.load(file.toString());

        assertThat(new String(policy(configuration, "*")
                        .fallback()
                        .defaults()
                        .get(0)
                        .body()
                        .bytes()))
                .isEqualTo("Bearer s3cr3t s3cr3t none");
    }

    @Test
    void aFileThatCannotBeReadIsSaidToBe() throws IOException {
        Path large = Files.write(directory.resolve("large"), new byte[ExternalFiles.LIMIT + 1]);
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xc3});
        String text = """
                [metrics.otlp.headers]
                a = "${file:%s}"
                b = "${file:%s}"
                c = "${file:%s}"
                d = "${file:%s/absent}"
                e = "${file:}"
                """.formatted(large, binary, directory, directory);

        assertThat(refusal(text).replace(directory.toString(), "DIR")).isEqualTo("""
                t.toml:2:1: metrics.otlp.headers.a: the file DIR/large is larger than 64KiB, the most that is read
                t.toml:3:1: metrics.otlp.headers.b: the file DIR/binary is not UTF-8
                t.toml:4:1: metrics.otlp.headers.c: is not a regular file: DIR
                t.toml:5:1: metrics.otlp.headers.d: no such file; looked for DIR/absent
                t.toml:6:1: metrics.otlp.headers.e: file: names no file""");
    }

    @Test
    void aFileWithoutTheRightToReadItIsSaidToBe() throws IOException {
        Path secret = Files.writeString(directory.resolve("token"), "s3cr3t");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(secret), "runs as a user who may read all");

        assertThat(refusal("[log]\nfile = \"${file:" + secret + "}\"")).contains("may not be read by this process");
    }

    @Test
    void valuesFromOutsideAreBounded() {
        String text = "[retry.fallback.default_value]\nbody = \"" + "${A}".repeat(20) + "\"";

        assertThat(refusal(text, "A", "x".repeat(1 << 16)))
                .contains("values from outside are more than 1MiB together, the most that is read");
    }

    @Test
    void aChangedSecretIsAChangeOfTheFile() throws Exception {
        Files.createDirectories(directory.resolve("..1"));
        Files.createDirectories(directory.resolve("..2"));
        Files.writeString(directory.resolve("..1/retries"), "1\n");
        Files.writeString(directory.resolve("..2/retries"), "2\n");
        Files.createSymbolicLink(directory.resolve("..data"), Path.of("..1"));
        Files.createSymbolicLink(directory.resolve("retries"), Path.of("..data/retries"));
        Path file = Files.writeString(directory.resolve("h.toml"), "[retry]\nmax_retries = \"${file:retries}\"\n");
        WatchedFile watched = new WatchedFile(file.toString());
        assertThat(policy(watched.read(), "*").retry().maxRetries()).isEqualTo(1);
        assertThat(watched.look(0)).isNull();
        assertThat(watched.look(1)).isNull();

        Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of("..2"));
        Files.move(
                directory.resolve("..data_tmp"),
                directory.resolve("..data"),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);

        assertThat(watched.look(2)).isNull();
        assertThat(policy(Objects.requireNonNull(watched.look(3)), "*").retry().maxRetries())
                .isEqualTo(2);
        Files.delete(directory.resolve("retries"));
        assertThat(watched.look(4)).isNull();
        assertThat(catchThrowableOfType(ConfigException.class, () -> watched.look(5))
                        .getMessage())
                .contains("no such file; looked for " + directory.resolve("retries"));
        assertThat(watched.look(6)).isNull();
    }

    @Test
    void aSystemPropertyWinsOverAVariableOverTheFile() throws ConfigException {
        String text = "[retry]\nmax_retries = 1\n[admin]\nlisten = \"127.0.0.1:1\"\n[hosts.a.retry]\nmax_retries = 9";
        Map<String, String> variables =
                Map.of("HOLDFAST_RETRY_MAX_RETRIES", "2", "HOLDFAST_ADMIN_LISTEN", "127.0.0.1:2");
        Configuration byVariable = ConfigLoader.parse(text, "t.toml", new Environment(variables, Map.of()));
        Configuration byProperty = ConfigLoader.parse(
                text, "t.toml", new Environment(variables, Map.of("holdfast.retry.max_retries", "3")));

        assertThat(policy(byVariable, "*").retry().maxRetries()).isEqualTo(2);
        assertThat(policy(byVariable, "a").retry().maxRetries()).isEqualTo(9);
        assertThat(policy(byProperty, "*").retry().maxRetries()).isEqualTo(3);
        assertThat(Objects.requireNonNull(byProperty.observabilityConfig().admin())
                        .port())
                .isEqualTo(2);
        assertThat(byVariable.notes())
                .extracting(Problem::toString)
                .contains(
                        "t.toml: admin.listen: is set by HOLDFAST_ADMIN_LISTEN, which wins over the file",
                        "t.toml: retry.max_retries: is set by HOLDFAST_RETRY_MAX_RETRIES, which wins over the top of"
                                + " the file; what a host, a route or a named policy sets itself wins over that");
        assertThat(byProperty.provenance().values("*"))
                .contains(new SettingProvenance.Value("retry.max_retries", "***", 0, "-Dholdfast.retry.max_retries"));
    }

    @Test
    void aKeyOfTheRetriesSetByItsNameIsForAllHostsWhereTheFileNamesNone() throws ConfigException {
        Configuration alone = parse("[log]\nlevel = \"warn\"", "HOLDFAST_RETRY_MAX_RETRIES", "2");
        Configuration forHosts = parse("[hosts.a]", "HOLDFAST_RETRY_MAX_RETRIES", "2");
        Configuration nothing = parse("[log]\nlevel = \"warn\"", "HOLDFAST_LOG_LEVEL", "info");

        assertThat(policy(alone, "*").retry().maxRetries()).isEqualTo(2);
        assertThat(alone.warnings()).isEmpty();
        assertThat(forHosts.policies()).hasSize(1);
        assertThat(policy(forHosts, "a").retry().maxRetries()).isEqualTo(2);
        assertThat(nothing.policyBearing()).isFalse();
    }

    @Test
    void aNamedPolicyWinsOverAKeySetByItsName() throws ConfigException {
        Configuration configuration =
                parse("[policies.p]\nhosts = ['a']\nretry.max_retries = 3", "HOLDFAST_RETRY_MAX_RETRIES", "2");

        assertThat(policy(configuration, "a").retry().maxRetries()).isEqualTo(3);
        assertThat(configuration.notes())
                .extracting(Problem::message)
                .containsExactly(
                        "is set by HOLDFAST_RETRY_MAX_RETRIES, which wins over the top of the file; what a host,"
                                + " a route or a named policy sets itself wins over that");
    }

    @Test
    void aSecretWhoseNameIsWrittenWithEscapesIsWatched() throws Exception {
        Path secret = Files.writeString(directory.resolve("retries"), "1");
        for (String written :
                List.of("$\\u007bfile:retries}", "\\u0024{file:retrie\\U00000073}", "\\x24{file:retries}")) {
            Files.writeString(secret, "1");
            String before = ExternalFiles.state("a = \"" + written + "\"", directory + "/holdfast.toml");
            Files.writeString(secret, "2");

            assertThat(ExternalFiles.mayBeNamedIn(written)).isTrue();
            assertThat(before).as(written).isNotEmpty();
            assertThat(ExternalFiles.state("a = \"" + written + "\"", directory + "/holdfast.toml"))
                    .isNotEqualTo(before);
        }
        assertThat(ExternalFiles.state("a = \"\\u007b \\uZZZZ \\UFFFFFFFF \\x2\"", "holdfast.toml"))
                .isEmpty();
    }

    @Test
    void aDollarSignStandsBeforeAVariableAsADefault() throws ConfigException {
        Configuration configuration = parse(
                "[retry.fallback]\nstrategy = \"default_value\"\ndefault_value.body = \"${DOLLAR:-$}${PRICE}\"",
                "PRICE",
                "5");

        byte[] body =
                policy(configuration, "*").fallback().defaults().get(0).body().bytes();
        assertThat(new String(body, StandardCharsets.UTF_8)).isEqualTo("$5");
    }

    @Test
    void aKeySetByItsNameIsCheckedLikeAnyOther() {
        assertThat(refusal("[retry]", "HOLDFAST_RETRY_MAX_RETRIES", "s3cr3t", "HOLDFAST_LOG_LEVEL", "loud"))
                .isEqualTo("""
                        t.toml: retry.max_retries: the value of HOLDFAST_RETRY_MAX_RETRIES is not allowed; \
                        allowed: an integer from 0 to 100
                        t.toml: log.level: the value of HOLDFAST_LOG_LEVEL is not allowed; \
                        allowed: "error", "warn", "info" or "debug\"""");
    }

    @Test
    void aNameThatIsNearlyOneOfAKeyIsWarnedOf() throws ConfigException {
        Configuration configuration = ConfigLoader.parse(
                "[retry]\nmax_retries = 1",
                "t.toml",
                new Environment(
                        Map.of(
                                "HOLDFAST_RETRY_MAXRETRIES", "2",
                                "HOLDFAST_CONFIG", "x",
                                "HOLDFAST_CONFIG_INLINE", "x",
                                "HOLDFAST_SERVICE_HOST", "10.0.0.1",
                                "HOLDFAST_PORT_9464_TCP", "tcp://10.0.0.1:9464",
                                "HOLDFAST_METRICS_OTLP_HEADERS", "a=b"),
                        Map.of("holdfast.admin.listn", "x", "holdfast.config", "x", "holdfast.agent.jar", "x")));

        assertThat(configuration.warnings())
                .extracting(Problem::toString)
                .containsExactly(
                        "t.toml: metrics.otlp.headers: HOLDFAST_METRICS_OTLP_HEADERS has no effect: a table is set "
                                + "in the"
                                + " file"
                                + " only, where its values may be variables",
                        "t.toml: HOLDFAST_RETRY_MAXRETRIES sets no key; did you mean HOLDFAST_RETRY_MAX_RETRIES?",
                        "t.toml: holdfast.admin.listn sets no key; did you mean holdfast.admin.listen?");
    }

    @Test
    void aVariableAsksForThePushOfMetersAsItsTableDoes() throws ConfigException {
        assertThat(parse("[retry]", "HOLDFAST_METRICS_OTLP_STEP", "30s")
                        .observabilityConfig()
                        .metrics()
                        .otlp())
                .isNotNull();
        assertThat(parse("[retry]", "HOLDFAST_METRICS_OTLP_ENABLED", "false")
                        .observabilityConfig()
                        .metrics()
                        .otlp())
                .isNull();
        assertThat(parse("[retry]").observabilityConfig().metrics().otlp()).isNull();
    }

    @Test
    void eachKeyHasANameOfItsOwn() {
        List<String> names = Keys.all().stream().map(Overrides::variable).toList();

        assertThat(names).doesNotHaveDuplicates().contains("HOLDFAST_RETRY_CIRCUIT_BREAKER_TIMEOUT");
    }

    @Test
    void aBadFileIsStillShownAsItsVariablesSay() {
        ConfigException e = catchThrowableOfType(
                ConfigException.class,
                () -> parse(
                        "[log]\nformat = \"${F}\"\n[retry]\nmax_retries = ",
                        "F",
                        "json",
                        "HOLDFAST_LOG_LEVEL",
                        "debug"));

        assertThat(e.outside().log().format()).isEqualTo(ObservabilityConfig.Format.JSON);
        assertThat(e.outside().log().level()).isEqualTo(ObservabilityConfig.Level.DEBUG);
    }
}
