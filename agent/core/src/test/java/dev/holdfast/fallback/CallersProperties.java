package dev.holdfast.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.policy.CachePolicy;
import java.io.IOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Two requests that differ in any one thing never have each other's response, from memory or from the directory. */
class CallersProperties {
    private static final CachePolicy MEMORY = policy("");
    private static final List<String> NAMES = realNames();

    private static @Nullable Path directory;

    /** A request as a program makes it, with what its client adds. */
    private record Shape(
            String method,
            String scheme,
            String userInfo,
            String host,
            String path,
            String query,
            Map<String, List<String>> headers,
            String cookie,
            String proxy,
            String certificate) {
        FallbackRequest request(FallbackStrategies fallbackStrategies) throws IOException {
            URI uri = URI.create(scheme + "://" + userInfo + host + path + query);
            CallerIdentity caller = new CallerIdentity(fallbackStrategies, "client", () -> uri);
            CookieManager cookies = new CookieManager();
            if (!cookie.isEmpty()) {
                HttpCookie one = new HttpCookie("session", cookie);
                one.setPath("/");
                one.setVersion(0);
                cookies.getCookieStore().add(uri, one);
            }
            caller.cookies(cookies)
                    .proxies(
                            ProxySelector.of(proxy.isEmpty() ? null : InetSocketAddress.createUnresolved(proxy, 8080)));
            Identity identity = Objects.requireNonNull(caller.identity());
            return new FallbackRequest(method, uri, headers, false, new Identity(identity.text() + certificate, true));
        }

        Shape with(String name, String... values) {
            Map<String, List<String>> more = new TreeMap<>(headers);
            more.put(name.toLowerCase(Locale.ROOT), List.of(values));
            return new Shape(method, scheme, userInfo, host, path, query, more, cookie, proxy, certificate);
        }
    }

    private record Pair(Shape one, Shape other, String difference) {}

    @BeforeContainer
    static void make() throws IOException {
        directory = Files.createTempDirectory("holdfast-callers");
    }

    @AfterContainer
    static void delete() throws IOException {
        try (Stream<Path> all = Files.walk(Objects.requireNonNull(directory))) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Property(tries = 3_000)
    void neitherHasTheOthersResponse(@ForAll("pairs") Pair pair) throws IOException {
        FallbackStrategies fallbackStrategies = new FallbackStrategies((what, why) -> {});
        FallbackRequest one = pair.one.request(fallbackStrategies);
        FallbackRequest other = pair.other.request(fallbackStrategies);
        CachedResponses answers = new CachedResponses(() -> 0, (what, why) -> {});
        keep(answers, one, MEMORY, "of one");
        assertThat(given(answers, one, MEMORY)).isEqualTo("of one");
        assertThat(given(answers, other, MEMORY)).as("%s", pair).isNull();
        keep(answers, other, MEMORY, "of the other");
        assertThat(given(answers, one, MEMORY)).isEqualTo("of one");
        assertThat(given(answers, other, MEMORY)).isEqualTo("of the other");
    }

    @Property(tries = 150)
    void norInAnotherJvm(@ForAll("pairs") Pair pair) throws IOException {
        Path kept = Files.createTempDirectory(Objects.requireNonNull(directory), "kept");
        CachePolicy policy = policy(kept.toString());
        FallbackStrategies fallbackStrategies = new FallbackStrategies((what, why) -> {});
        FallbackRequest one = pair.one.request(fallbackStrategies);
        keep(new CachedResponses(() -> 0, (what, why) -> {}), one, policy, "of one");
        Awaitility.await().pollInterval(Duration.ofMillis(2)).until(() -> hasAnswer(kept));
        CachedResponses second = new CachedResponses(() -> 0, (what, why) -> {});
        assertThat(given(second, pair.other.request(new FallbackStrategies((what, why) -> {})), policy))
                .as("%s", pair)
                .isNull();
        assertThat(given(second, one, policy)).isEqualTo("of one");
    }

    private static boolean hasAnswer(Path kept) throws IOException {
        try (Stream<Path> files = Files.list(kept)) {
            return files.anyMatch(file -> file.toString().endsWith(".answer"));
        }
    }

    /** The list cannot be read from the class, so that it has to be repeated here before it grows. */
    @Property(tries = 1_000)
    void onlyWhatIsListedAsHarmlessMakesNoDifference(@ForAll("names") String name) throws IOException {
        FallbackStrategies fallbackStrategies = new FallbackStrategies((what, why) -> {});
        Shape plain = shape(Map.of());
        String one = CacheKey.of(plain.with(name, "1").request(fallbackStrategies), MEMORY);
        String other = CacheKey.of(plain.with(name, "2").request(fallbackStrategies), MEMORY);
        assertThat(one.equals(other)).as(name).isEqualTo(HARMLESS.contains(name.toLowerCase(Locale.ROOT)));
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(4, Arbitraries.of(NAMES)),
                net.jqwik.api.Tuple.of(1, Arbitraries.of(HARMLESS)),
                net.jqwik.api.Tuple.of(
                        2,
                        Arbitraries.strings()
                                .withCharRange('a', 'z')
                                .withChars("-_0123456789")
                                .ofMinLength(1)
                                .ofMaxLength(20)
                                .filter(name -> !HARMLESS.contains(name) && !name.equals("range"))));
    }

    @Provide
    Arbitrary<Pair> pairs() {
        Arbitrary<Shape> shapes = names().list().ofMaxSize(4).map(names -> {
            Map<String, List<String>> headers = new TreeMap<>();
            names.forEach(name -> headers.put(name.toLowerCase(Locale.ROOT), List.of("same")));
            return shape(headers);
        });
        Arbitrary<String> telling = names().filter(name -> !HARMLESS.contains(name.toLowerCase(Locale.ROOT)));
        return Combinators.combine(shapes, Arbitraries.integers().between(0, 13), telling)
                .as(CallersProperties::pair);
    }

    private static Shape shape(Map<String, List<String>> headers) {
        return new Shape("GET", "http", "", "api.example.com", "/a", "?b=c", headers, "alice", "proxy-a", " keys 1");
    }

    private static Pair pair(Shape s, int kind, String name) {
        return switch (kind) {
            case 0 -> new Pair(s.with(name, "alice"), s.with(name, "bob"), "value of " + name);
            case 1 -> new Pair(s.with(name, "alice"), without(s, name), "absence of " + name);
            case 2 -> new Pair(s.with(name, "a", "b"), s.with(name, "a"), "values of " + name);
            case 3 -> new Pair(s.with(name, "a", "b"), s.with(name, "a, b"), "lines of " + name);
            case 4 -> new Pair(s.with(name, "alice"), s.with(name, "Alice"), "case of the value of " + name);
            case 5 ->
                new Pair(
                        s,
                        new Shape(
                                "HEAD",
                                s.scheme,
                                s.userInfo,
                                s.host,
                                s.path,
                                s.query,
                                s.headers,
                                s.cookie,
                                s.proxy,
                                s.certificate),
                        "method");
            case 6 ->
                new Pair(
                        s,
                        new Shape(
                                s.method,
                                "https",
                                s.userInfo,
                                s.host,
                                s.path,
                                s.query,
                                s.headers,
                                s.cookie,
                                s.proxy,
                                s.certificate),
                        "scheme");
            case 7 ->
                new Pair(
                        s,
                        new Shape(
                                s.method,
                                s.scheme,
                                "bob:pw@",
                                s.host,
                                s.path,
                                s.query,
                                s.headers,
                                s.cookie,
                                s.proxy,
                                s.certificate),
                        "user info");
            case 8 ->
                new Pair(
                        s,
                        new Shape(
                                s.method,
                                s.scheme,
                                s.userInfo,
                                "api.example.com:81",
                                s.path,
                                s.query,
                                s.headers,
                                s.cookie,
                                s.proxy,
                                s.certificate),
                        "host");
            case 9 ->
                new Pair(
                        s,
                        new Shape(
                                s.method,
                                s.scheme,
                                s.userInfo,
                                s.host,
                                "/b",
                                s.query,
                                s.headers,
                                s.cookie,
                                s.proxy,
                                s.certificate),
                        "path");
            case 10 ->
                new Pair(
                        s,
                        new Shape(
                                s.method,
                                s.scheme,
                                s.userInfo,
                                s.host,
                                s.path,
                                "",
                                s.headers,
                                s.cookie,
                                s.proxy,
                                s.certificate),
                        "query");
            case 11 ->
                new Pair(
                        s,
                        new Shape(
                                s.method,
                                s.scheme,
                                s.userInfo,
                                s.host,
                                s.path,
                                s.query,
                                s.headers,
                                "bob",
                                s.proxy,
                                s.certificate),
                        "cookie");
            case 12 ->
                new Pair(
                        s,
                        new Shape(
                                s.method,
                                s.scheme,
                                s.userInfo,
                                s.host,
                                s.path,
                                s.query,
                                s.headers,
                                s.cookie,
                                "",
                                s.certificate),
                        "proxy");
            default ->
                new Pair(
                        s,
                        new Shape(
                                s.method,
                                s.scheme,
                                s.userInfo,
                                s.host,
                                s.path,
                                s.query,
                                s.headers,
                                s.cookie,
                                s.proxy,
                                " keys 2"),
                        "certificate");
        };
    }

    private static Shape without(Shape s, String name) {
        Map<String, List<String>> less = new TreeMap<>(s.headers);
        less.remove(name.toLowerCase(Locale.ROOT));
        return new Shape(
                s.method, s.scheme, s.userInfo, s.host, s.path, s.query, less, s.cookie, s.proxy, s.certificate);
    }

    private static void keep(CachedResponses answers, FallbackRequest request, CachePolicy policy, String body) {
        ResponseRecording recording = Objects.requireNonNull(answers.record(request, 200, Map.of(), policy));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        recording.add(bytes, 0, bytes.length);
        recording.complete();
        recording.confirm();
    }

    private static @Nullable String given(CachedResponses answers, FallbackRequest request, CachePolicy policy) {
        FallbackCandidate.Response found = answers.find(request, policy);
        return found == null ? null : new String(found.body().bytes(), StandardCharsets.UTF_8);
    }

    private static CachePolicy policy(String directory) {
        return new CachePolicy(
                Duration.ofHours(1).toNanos(), 1 << 16, Set.of(200), Set.of(), Set.of(), false, 1 << 20, directory);
    }

    private static List<String> realNames() {
        List<String> names = new ArrayList<>();
        for (String line : REAL.lines().toList()) {
            names.addAll(List.of(line.strip().split("\\s+")));
        }
        assertThat(names).hasSizeGreaterThanOrEqualTo(200).doesNotHaveDuplicates();
        return names;
    }

    private static final List<String> HARMLESS =
            List.of(("traceparent tracestate b3 x-b3-traceid x-b3-spanid x-b3-parentspanid x-b3-sampled x-b3-flags"
                            + " x-datadog-trace-id x-datadog-parent-id x-datadog-sampling-priority x-datadog-origin"
                            + " x-datadog-tags x-amzn-trace-id x-cloud-trace-context uber-trace-id sentry-trace"
                            + " elastic-apm-traceparent ot-tracer-traceid ot-tracer-spanid ot-tracer-sampled "
                            + "x-instana-t"
                            + " x-instana-s x-instana-l sw8 sw8-x newrelic x-trace-id x-span-id request-id x-request-id"
                            + " x-requestid correlation-id x-correlation-id x-correlationid client-request-id"
                            + " x-client-request-id x-ms-client-request-id x-amzn-requestid amz-sdk-invocation-id"
                            + " amz-sdk-request date user-agent connection keep-alive proxy-connection content-length"
                            + " cache-control pragma if-none-match if-modified-since")
                    .split(" "));

    /** Headers that gateways, clouds, browsers and APIs use, whatever for. */
    private static final String REAL = """
            Authorization Proxy-Authorization Cookie Cookie2 Accept Accept-Language Accept-Encoding Accept-Charset Accept-Datetime
            Host Origin Referer From Forwarded Via X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto X-Forwarded-Port
            X-Forwarded-Prefix X-Forwarded-User X-Forwarded-Email X-Forwarded-Groups X-Forwarded-Preferred-Username
            X-Forwarded-Access-Token X-Forwarded-Client-Cert X-Real-IP X-Client-IP X-Cluster-Client-IP True-Client-IP
            CF-Connecting-IP CF-IPCountry CF-Ray CF-Visitor CF-Access-Jwt-Assertion CF-Access-Client-Id CF-Access-Client-Secret
            Fastly-Client-IP Fastly-SSL Akamai-Origin-Hop X-Akamai-Edgescape X-Azure-ClientIP X-Azure-FDID X-Azure-SocketIP
            X-Appengine-Country X-Appengine-User-IP X-Appengine-User-Id X-Goog-Authenticated-User-Email
            X-Goog-Authenticated-User-Id X-Goog-IAP-JWT-Assertion X-Goog-Api-Key X-Goog-User-Project X-Goog-Request-Params
            X-Goog-FieldMask X-Goog-Api-Client X-Amzn-Oidc-Data X-Amzn-Oidc-Identity X-Amzn-Oidc-Accesstoken X-Amz-Security-Token
            X-Amz-Date X-Amz-Content-Sha256 X-Amz-User-Agent X-Amz-Target X-Amz-Cf-Id X-Amz-Request-Payer
            X-Amz-Expected-Bucket-Owner X-Amz-Server-Side-Encryption-Customer-Key X-MS-Client-Principal X-MS-Client-Principal-Id
            X-MS-Client-Principal-Name X-MS-Token-AAD-Access-Token X-MS-Date X-MS-Version X-MS-Correlation-Request-Id
            MS-Author-Via X-ARR-ClientCert X-ARR-SSL Ocp-Apim-Subscription-Key Ocp-Apim-Trace X-Functions-Key X-ZUMO-AUTH
            X-Consumer-ID X-Consumer-Custom-ID X-Consumer-Username X-Credential-Identifier X-Anonymous-Consumer X-Authenticated-Userid
            X-Authenticated-Scope X-Authenticated-Groups X-Userinfo X-ID-Token X-Access-Token X-Api-Key X-Api-Token X-Api-Version
            Api-Key Api-Version Apikey X-Auth-Token X-Auth-User X-Auth-Request-User X-Auth-Request-Email X-Auth-Request-Groups
            X-Subject-Token X-Storage-Token X-Container-Read X-Tenant X-Tenant-ID X-TenantId X-Org-ID X-Organization X-Org
            X-Company X-Workspace X-Workspace-Id X-Project X-Project-Id X-Account X-Account-Id X-Customer X-Customer-Id X-Client-Id
            X-Client-Secret X-Client-Name X-Client-Cert X-Client-DN X-Client-Verify X-SSL-Client-Cert X-SSL-Client-S-DN
            X-SSL-Client-Verify SSL-Client-Cert X-User X-User-Id X-User-Name X-User-Email X-User-Role X-Roles X-Role X-Groups
            X-Scope X-Scopes X-Scope-OrgID X-Grafana-Org-Id X-Dashboard-Uid X-Panel-Id X-Session X-Session-Id X-Sid X-Login X-Principal
            X-On-Behalf-Of X-Impersonate-User Impersonate-User Impersonate-Group Impersonate-Uid X-Remote-User X-Remote-Group
            Remote-User Remote-Name Remote-Email Remote-Groups X-WEBAUTH-USER X-Proxy-User X-Vault-Token X-Vault-Namespace
            X-Vault-Wrap-TTL X-Consul-Token X-Nomad-Token X-Etcd-Cluster-Id X-ClickHouse-User X-ClickHouse-Key X-ClickHouse-Database
            X-Trino-User X-Trino-Catalog X-Trino-Schema X-Presto-User X-Influx-Token X-Elastic-Product X-Opaque-Id es-security-runas-user
            X-GitHub-Api-Version X-GitHub-OTP X-Gitlab-Token Private-Token Job-Token Deploy-Token X-Atlassian-Token
            X-Shopify-Access-Token X-Shopify-Storefront-Access-Token X-Square-Client-Id Stripe-Account Stripe-Version Square-Version
            PayPal-Request-Id PayPal-Client-Metadata-Id Idempotency-Key OpenAI-Organization OpenAI-Project Anthropic-Version
            Anthropic-Beta Notion-Version X-Algolia-API-Key X-Algolia-Application-Id X-Parse-Session-Token X-Parse-Application-Id
            X-Hasura-Role X-Hasura-User-Id X-Hasura-Admin-Secret X-Mashape-Key X-RapidAPI-Key X-RapidAPI-Host X-Rollbar-Access-Token
            DD-API-KEY DD-APPLICATION-KEY X-SF-Token X-Figma-Token X-Plex-Token X-Emby-Token X-TFE-Token Circle-Token
            CB-ACCESS-KEY CB-ACCESS-SIGN CB-ACCESS-PASSPHRASE KC-API-KEY KC-API-PASSPHRASE OK-ACCESS-KEY OK-ACCESS-PASSPHRASE
            X-MBX-APIKEY X-BAPI-API-KEY DPoP X-WSSE X-Signature X-Hub-Signature Signature Signature-Input X-JWT-Assertion X-CSRF-Token
            X-XSRF-TOKEN X-Requested-With X-HTTP-Method-Override X-Method-Override X-Original-URL X-Rewrite-URL X-Original-Host
            X-Envoy-Original-Path X-Envoy-External-Address X-Envoy-Peer-Metadata X-Istio-Attributes X-Region X-Country X-Locale
            X-Language X-Currency X-Timezone X-Device-Id X-Device-Type X-Platform X-App-Version X-Build X-Feature-Flags X-Experiment
            X-Variant X-AB-Test X-Canary X-Shard X-Partition X-Cell X-Environment X-Mode X-Debug X-Preview Prefer DNT Sec-GPC
            Save-Data Sec-CH-UA Sec-CH-UA-Mobile Sec-CH-UA-Platform Sec-Fetch-Site Sec-Fetch-Mode Viewport-Width Width DPR Downlink
            Device-Memory If-Match If-Unmodified-Since Depth Destination TE Upgrade Expect Max-Forwards Content-Type Baggage
            Correlation-Context uberctx-user sw8-correlation Traceparent-Custom X-Trace-User X-Request-User X-User-Agent
            """;
}
