package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import dev.holdfast.policy.ByteString;
import dev.holdfast.policy.CachePolicy;
import dev.holdfast.policy.DefaultResponse;
import dev.holdfast.policy.DegradedPolicy;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the fallback of a policy, with the files that its answers are in, and finds what cannot work. */
final class FallbackFactory {
    private static final String FALLBACK = "retry.fallback.";
    private static final String ANSWER = FALLBACK + "default_value.";
    private static final String DEGRADED = FALLBACK + "degraded.";

    /** Headers that are surely a caller's own. */
    private static final Set<String> CREDENTIALS = Set.of("authorization", "cookie", "proxy-authorization");

    /** The largest file that may be an answer's body. */
    private static final int LARGEST_BODY = 4 << 20;

    private final @Nullable File directory;
    private final Problems problems;
    private final Map<String, ByteString> bodies = new HashMap<>();

    FallbackFactory(String file, Problems problems) {
        this.directory = new File(file).getAbsoluteFile().getParentFile();
        this.problems = problems;
    }

    /** Makes it of settings that {@link #check} found good. */
    FallbackPolicy policy(Settings settings) {
        List<Strategy> strategies = strategies(settings);
        if (strategies.isEmpty()) {
            return FallbackPolicy.NONE;
        }
        Set<Integer> statuses = new HashSet<>();
        Set<ErrorKind> errors = new HashSet<>();
        Set<String> classes = new HashSet<>();
        for (Object on : list(settings, FALLBACK + "on")) {
            if (on instanceof Long status) {
                statuses.add(status.intValue());
            } else {
                PolicyFactory.addError((String) on, errors, classes);
            }
        }
        return new FallbackPolicy(
                strategies,
                statuses,
                errors,
                classes,
                strategies.contains(Strategy.CACHE) ? cache(settings) : CachePolicy.NONE,
                strategies.contains(Strategy.DEFAULT_VALUE) ? responses(settings) : List.of(),
                strategies.contains(Strategy.DEGRADED) ? degraded(settings) : DegradedPolicy.NONE);
    }

    private static List<Strategy> strategies(Settings settings) {
        List<Strategy> strategies = new ArrayList<>();
        Object written = settings.get(FALLBACK + "strategy").found();
        if (Boolean.TRUE.equals(settings.get(FALLBACK + "enabled").found()) && written instanceof List<?> names) {
            for (Object name : names) {
                strategies.add(Strategy.valueOf(((String) name).toUpperCase(Locale.ROOT)));
            }
        }
        return strategies;
    }

    private CachePolicy cache(Settings settings) {
        String kept = text(settings, FALLBACK + "cache_dir");
        Set<Integer> statuses = new HashSet<>();
        for (Object status : list(settings, FALLBACK + "cache_status_codes")) {
            statuses.add(((Long) status).intValue());
        }
        return new CachePolicy(
                number(settings, FALLBACK + "cache_ttl"),
                number(settings, FALLBACK + "cache_max_body"),
                statuses,
                words(settings, "cache_key_headers"),
                words(settings, "cache_ignore_headers"),
                (Boolean) settings.get(FALLBACK + "cache_private").value(),
                number(settings, FALLBACK + "cache_max_bytes"),
                kept.isEmpty() ? "" : resolved(kept).getPath());
    }

    private static Set<String> words(Settings settings, String name) {
        Set<String> words = new HashSet<>();
        for (Object word : list(settings, FALLBACK + name)) {
            words.add((String) word);
        }
        return words;
    }

    private static DegradedPolicy degraded(Settings settings) {
        Set<String> headers = new HashSet<>();
        for (Object header : list(settings, DEGRADED + "forward_headers")) {
            headers.add((String) header);
        }
        Set<Integer> statuses = new HashSet<>();
        for (Object each : list(settings, DEGRADED + "accept_statuses")) {
            String[] range = each.toString().split("-", -1);
            int last = Integer.parseInt(range[range.length - 1]);
            for (int status = Integer.parseInt(range[0]); status <= last; status++) {
                statuses.add(status);
            }
        }
        return new DegradedPolicy(
                text(settings, DEGRADED + "url"),
                number(settings, DEGRADED + "timeout"),
                flag(settings, DEGRADED + "forward_credentials"),
                headers,
                flag(settings, DEGRADED + "forward_query"),
                statuses);
    }

    private List<DefaultResponse> responses(Settings settings) {
        List<DefaultResponse> answers = new ArrayList<>();
        for (Object each : list(settings, ANSWER + "answers")) {
            answers.add(response((Settings) each));
        }
        if (isWritten(settings)) {
            answers.add(response(settings));
        }
        return answers;
    }

    private DefaultResponse response(Settings settings) {
        Set<String> methods = new HashSet<>();
        for (Object method : list(settings, ANSWER + "methods")) {
            methods.add((String) method);
        }
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (Map.Entry<?, ?> header :
                ((Map<?, ?>) settings.get(ANSWER + "headers").value()).entrySet()) {
            List<String> values = new ArrayList<>();
            for (Object value : (List<?>) header.getValue()) {
                values.add((String) value);
            }
            headers.put((String) header.getKey(), values);
        }
        ByteString body = bodies.get(text(settings, ANSWER + "body_file"));
        return new DefaultResponse(
                text(settings, ANSWER + "path"),
                methods,
                (int) number(settings, ANSWER + "status"),
                headers,
                body != null
                        ? body
                        : ByteString.owning(text(settings, ANSWER + "body").getBytes(StandardCharsets.UTF_8)));
    }

    /** Returns whether a table says anything about an answer. */
    private static boolean isWritten(Settings settings) {
        return !settings.get(ANSWER + "status").builtIn()
                || !settings.get(ANSWER + "headers").builtIn()
                || !settings.get(ANSWER + "body").builtIn()
                || !settings.get(ANSWER + "body_file").builtIn();
    }

    /** Reports what cannot work, and reads the files. */
    void check(Settings settings) {
        Setting strategy = settings.get(FALLBACK + "strategy");
        List<Strategy> strategies = strategies(settings);
        Object answers = settings.get(ANSWER + "answers").found();
        if (strategies.contains(Strategy.DEFAULT_VALUE)) {
            List<?> some = answers instanceof List<?> list ? list : List.of();
            for (Object response : some) {
                checkResponse((Settings) response);
            }
            checkResponse(settings);
            if (some.isEmpty() && answers != null && !isWritten(settings)) {
                problems.error(
                        strategy.line(),
                        strategy.column(),
                        strategy.path(),
                        "default_value has no answer; write a status, a body or a body_file into"
                                + " [retry.fallback.default_value]");
            }
        }
        if (strategies.contains(Strategy.CACHE)) {
            checkCache(settings);
        }
        Setting kept = settings.get(FALLBACK + "cache_dir");
        if (strategies.contains(Strategy.CACHE) && kept.found() instanceof String text && !text.isEmpty()) {
            File at = resolved(text);
            if (at.exists() && !at.isDirectory()) {
                problems.error(kept.line(), kept.column(), kept.path(), "is no directory: " + at);
            } else if (isForEverybody(at)) {
                problems.error(
                        kept.line(),
                        kept.column(),
                        kept.path(),
                        at + " is for everybody's temporary files; name a directory of Holdfast's own, such as "
                                + new File(at, "holdfast-cache"));
            }
        }
        Setting url = settings.get(DEGRADED + "url");
        if (strategies.contains(Strategy.DEGRADED) && url.found() instanceof String text) {
            if (text.isEmpty()) {
                problems.error(
                        strategy.line(),
                        strategy.column(),
                        strategy.path(),
                        "degraded has no other origin; write a url into [retry.fallback.degraded]");
            } else if (URI.create(text).getRawQuery() != null
                    || URI.create(text).getRawFragment() != null) {
                problems.error(url.line(), url.column(), url.path(), "allowed: a URL without query and fragment");
            }
        }
    }

    private static boolean isForEverybody(File directory) {
        String path = directory.toPath().normalize().toString();
        return path.equals("/tmp") || path.equals("/var/tmp") || path.equals("/dev/shm");
    }

    private void checkCache(Settings settings) {
        Setting ignored = settings.get(FALLBACK + "cache_ignore_headers");
        for (Object name : ignored.found() instanceof List<?> names ? names : List.of()) {
            if (CREDENTIALS.contains(name)) {
                problems.warn(
                        ignored.line(),
                        ignored.column(),
                        ignored.path(),
                        name + " tells callers apart; without it an answer to one of them is given to all");
            }
        }
        Setting ttl = settings.get(FALLBACK + "cache_ttl");
        if (ttl.found() != null && ttl.nanos() == 0) {
            problems.warn(ttl.line(), ttl.column(), ttl.path(), "with 0s no answer of the cache is ever young enough");
        }
        Setting body = settings.get(FALLBACK + "cache_max_body");
        Setting bytes = settings.get(FALLBACK + "cache_max_bytes");
        if (body.found() != null && bytes.found() != null && body.nanos() > bytes.nanos()) {
            Setting at = body.later(bytes);
            problems.warn(
                    at.line(),
                    at.column(),
                    at.path(),
                    "cache_max_body = " + Units.size(body.nanos()) + " is above cache_max_bytes = "
                            + Units.size(bytes.nanos()) + ", which is all that may be kept");
        }
    }

    private void checkResponse(Settings settings) {
        Setting body = settings.get(ANSWER + "body");
        Setting file = settings.get(ANSWER + "body_file");
        if (!(file.found() instanceof String name) || name.isEmpty()) {
            return;
        }
        if (body.found() instanceof String text && !text.isEmpty()) {
            problems.error(
                    file.line(), file.column(), file.path(), "there is a body too; only one of the two can be it");
        }
        if (bodies.containsKey(name)) {
            return;
        }
        File at = resolved(name);
        if (!at.isFile()) {
            problems.error(
                    file.line(),
                    file.column(),
                    file.path(),
                    at.exists() ? "is not a regular file: " + at : "no such file; looked for " + at);
            return;
        }
        try (InputStream in = new FileInputStream(at)) {
            byte[] bytes = in.readNBytes(LARGEST_BODY + 1);
            if (bytes.length > LARGEST_BODY) {
                problems.error(
                        file.line(),
                        file.column(),
                        file.path(),
                        "is larger than " + Units.size(LARGEST_BODY) + ", the most that an answer may have");
            } else {
                bodies.put(name, ByteString.owning(bytes));
            }
        } catch (IOException e) {
            problems.error(file.line(), file.column(), file.path(), "cannot be read: " + e.getMessage());
        }
    }

    /** A file that is named relative to the configuration. */
    private File resolved(String name) {
        File at = new File(name);
        return at.isAbsolute() || directory == null ? at : new File(directory, name);
    }

    private static String text(Settings settings, String path) {
        return (String) settings.get(path).value();
    }

    private static boolean flag(Settings settings, String path) {
        return (Boolean) settings.get(path).value();
    }

    private static long number(Settings settings, String path) {
        return (Long) settings.get(path).value();
    }

    private static List<?> list(Settings settings, String path) {
        return (List<?>) settings.get(path).value();
    }
}
