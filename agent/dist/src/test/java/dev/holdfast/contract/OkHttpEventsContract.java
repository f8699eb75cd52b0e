package dev.holdfast.contract;

import static dev.holdfast.contract.OkHttpProbe.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import okhttp3.Cache;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A listener of OkHttp hears the same of a call under a policy that need not act as of one without a policy, and in the
 * same order, whether an attempt goes along the program's call or is a call of its own. But for the release of its
 * connection: an attempt's own call has it with the end of the body, where the program's call has it no sooner than its
 * interceptors have ended.
 */
class OkHttpEventsContract {
    private static final List<String> POLICIES =
            List.of(Hosts.QUICK, Hosts.ATTEMPT_TIMEOUT, Hosts.LONG_DEADLINE, Hosts.LATE_HEDGED);

    @TempDir
    private Path directory;

    /** The response that an interceptor has kept open. */
    private volatile @Nullable Response kept;

    /** The things that a program does about a response that it gets, or that one of its interceptors gets. */
    private enum Program {
        READS_ALL {
            @Override
            void gets(Call call, Response response) throws IOException {
                byte[] unused = response.body().bytes();
            }
        },
        READS_HALF {
            @Override
            void gets(Call call, Response response) throws IOException {
                byte unused = response.body().source().readByte();
                response.close();
            }
        },
        CLOSES {
            @Override
            void gets(Call call, Response response) {
                response.close();
            }
        },
        LEAVES_OPEN {
            @Override
            void gets(Call call, Response response) {}
        },
        CANCELS {
            @Override
            void gets(Call call, Response response) {
                call.cancel();
                response.close();
            }
        },
        CANCELS_IN_BODY {
            @Override
            void gets(Call call, Response response) throws IOException {
                byte unused = response.body().source().readByte();
                call.cancel();
                response.close();
            }
        };

        abstract void gets(Call call, Response response) throws IOException;
    }

    static Stream<Arguments> calls() {
        return POLICIES.stream()
                .flatMap(host -> Stream.of(Program.values())
                        .flatMap(program ->
                                Stream.of(Arguments.of(host, program, false), Arguments.of(host, program, true))));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void of_a_call_whose_response_the_program_gets(String host, Program program, boolean enqueued) throws Exception {
        for (String path : List.of("/", "/redirected", "/secret", "/empty", "/chunked")) {
            assertSame(host, path, 1, new OkHttpClient(), program, enqueued);
        }
    }

    @ParameterizedTest
    @MethodSource("calls")
    void of_a_call_whose_interceptor_throws_behind_its_response(String host, Program program, boolean enqueued)
            throws Exception {
        OkHttpClient client = failing(chain -> {
            Response response = chain.proceed(chain.request());
            kept = response;
            program.gets(chain.call(), response);
        });
        for (String path : List.of("/", "/redirected", "/secret", "/chunked")) {
            assertSame(host, path, 1, client, Program.READS_ALL, enqueued);
        }
    }

    @ParameterizedTest
    @MethodSource("calls")
    void of_calls_whose_responses_are_stored(String host, Program program, boolean enqueued) throws Exception {
        assertSame(host, "/stored", 2, new OkHttpClient(), program, enqueued);
        OkHttpClient failing = failing(chain -> {
            Response response = chain.proceed(chain.request());
            kept = response;
            program.gets(chain.call(), response);
        });
        assertSame(host, "/stored", 2, failing, Program.READS_ALL, enqueued);
    }

    @ParameterizedTest
    @MethodSource("calls")
    void of_a_call_that_fails_before_its_request(String host, Program program, boolean enqueued) throws Exception {
        assertSame(host, "/", 1, failing(chain -> {}), program, enqueued);
        OkHttpClient cancelling = new OkHttpClient.Builder()
                .addInterceptor(chain -> {
                    chain.call().cancel();
                    return chain.proceed(chain.request());
                })
                .build();
        assertSame(host, "/", 1, cancelling, program, enqueued);
    }

    /** The part of an interceptor that runs before it throws. */
    @FunctionalInterface
    private interface Step {
        void run(Interceptor.Chain chain) throws IOException;
    }

    private static OkHttpClient failing(Step step) {
        return new OkHttpClient.Builder()
                .addInterceptor(chain -> {
                    step.run(chain);
                    throw new IOException("the program's own");
                })
                .build();
    }

    private void assertSame(String host, String path, int times, OkHttpClient client, Program program, boolean enqueued)
            throws Exception {
        List<String> expected = heard(Hosts.BARE, path, times, client, program, enqueued);
        assertThat(expected).contains("callStart");
        assertThat(heard(host, path, times, client, program, enqueued)).as(path).isEqualTo(expected);
    }

    private List<String> heard(String host, String path, int times, OkHttpClient of, Program program, boolean enqueued)
            throws Exception {
        Listener listener = new Listener();
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .eventListener(listener)
                .authenticator((route, response) -> response.request()
                        .newBuilder()
                        .header("Authorization", "Basic c2VjcmV0")
                        .build());
        if (times > 1) {
            builder.cache(
                    new Cache(directory.resolve(host + listener.hashCode()).toFile(), 1 << 20));
        }
        builder.interceptors().addAll(of.interceptors());
        OkHttpClient client = builder.build();
        try (ScriptedServer server = ScriptedServer.http(host).otherwise(OkHttpEventsContract::answer)) {
            for (int i = 0; i < times; i++) {
                kept = null;
                Request request = get(server)
                        .newBuilder()
                        .url(server.uri(path).toString())
                        .build();
                call(client, request, program, enqueued, listener.events);
                Response open = kept;
                if (open != null) {
                    listener.events.add("--");
                    open.close();
                }
            }
        } finally {
            client.dispatcher().executorService().shutdown();
            client.connectionPool().evictAll();
        }
        return List.copyOf(listener.events);
    }

    private static ScriptedResponse answer(ReceivedRequest request) {
        return switch (request.target()) {
            case "/redirected" -> ScriptedResponse.respond(302, "elsewhere").header("Location", "/");
            case "/secret" ->
                request.header("authorization").isEmpty()
                        ? ScriptedResponse.respond(401, "who?").header("WWW-Authenticate", "Basic realm=\"here\"")
                        : ScriptedResponse.respond(200, "a secret");
            case "/empty" -> ScriptedResponse.respond(204);
            case "/chunked" -> ScriptedResponse.respond(200, "in pieces").chunked();
            case "/stored" -> ScriptedResponse.respond(200, "to keep").header("Cache-Control", "max-age=600");
            default -> ScriptedResponse.respond(200, "a body");
        };
    }

    private static void call(
            OkHttpClient client, Request request, Program program, boolean enqueued, List<String> events)
            throws Exception {
        Call call = client.newCall(request);
        if (!enqueued) {
            try (Response response = call.execute()) {
                events.add("response");
                program.gets(call, response);
            } catch (IOException e) {
                events.add("failure " + e.getMessage());
            }
            return;
        }
        CompletableFuture<Boolean> over = new CompletableFuture<>();
        call.enqueue(new Callback() {
            @Override
            public void onFailure(Call failed, IOException e) {
                events.add("failure " + e.getMessage());
                over.complete(true);
            }

            @Override
            public void onResponse(Call answered, Response response) {
                try (response) {
                    events.add("response");
                    program.gets(answered, response);
                } catch (IOException e) {
                    events.add("failure " + e.getMessage());
                } finally {
                    over.complete(true);
                }
            }
        });
        assertThat(over.get(10, TimeUnit.SECONDS)).isTrue();
    }

    /** Notes what it hears, and whether it is of one call at a time. */
    private static final class Listener extends EventListener {
        final List<String> events = Collections.synchronizedList(new ArrayList<>());
        private volatile @Nullable Call current;

        private void hears(String event, Call call) {
            events.add(call == current ? event : event + " of another call");
        }

        @Override
        public void callStart(Call call) {
            current = call;
            hears("callStart", call);
        }

        @Override
        public void canceled(Call call) {
            hears("canceled", call);
        }

        @Override
        public void cacheHit(Call call, Response response) {
            hears("cacheHit", call);
        }

        @Override
        public void cacheMiss(Call call) {
            hears("cacheMiss", call);
        }

        @Override
        public void connectionAcquired(Call call, Connection connection) {
            hears("connectionAcquired", call);
        }

        @Override
        public void requestHeadersEnd(Call call, Request request) {
            hears("requestHeadersEnd", call);
        }

        @Override
        public void responseHeadersEnd(Call call, Response response) {
            hears("responseHeadersEnd " + response.code(), call);
        }

        @Override
        public void responseBodyStart(Call call) {
            hears("responseBodyStart", call);
        }

        @Override
        public void responseBodyEnd(Call call, long byteCount) {
            hears("responseBodyEnd " + byteCount, call);
        }

        @Override
        public void responseFailed(Call call, IOException e) {
            hears("responseFailed " + e.getMessage(), call);
        }

        @Override
        public void callEnd(Call call) {
            hears("callEnd", call);
        }

        @Override
        public void callFailed(Call call, IOException e) {
            hears("callFailed " + e.getMessage(), call);
        }
    }
}
