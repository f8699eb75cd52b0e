package dev.holdfast.client.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A body that is watched on its way to the program, and the response that has it. */
class StreamBodyTest {
    private static final MediaType TEXT = MediaType.get("text/plain");

    private final List<IOException> heard = new ArrayList<>();

    @Test
    void aResponseThatWasMadeWithAWatchableBodyStaysTheSame() throws IOException {
        Response response = response(StreamBody.watchable(StreamBody.of(TEXT, 5, stream("whole"))));

        assertThat(StreamBody.watched(response, 5, heard::add)).isSameAs(response);

        assertThat(response.body().string()).isEqualTo("whole");
        assertThat(heard).isEmpty();
    }

    @Test
    void anyOtherResponseIsBuiltOnceMore() throws IOException {
        Response response = response(ResponseBody.create(TEXT, "whole"));

        Response watched = StreamBody.watched(response, 5, heard::add);

        assertThat(watched).isNotSameAs(response);
        assertThat(watched.body().contentType()).isEqualTo(response.body().contentType());
        assertThat(watched.body().contentLength()).isEqualTo(5);
        assertThat(watched.body().string()).isEqualTo("whole");
        assertThat(heard).isEmpty();
    }

    @Test
    void aBodyThatBreaksIsToldOnceAndBreaksForTheProgramToo() {
        IOException reset = new IOException("reset");
        Response response = watched(5, broken("wh", reset));

        assertThatThrownBy(() -> response.body().source().readUtf8()).isSameAs(reset);
        assertThatThrownBy(() -> response.body().source().readUtf8()).isSameAs(reset);

        assertThat(heard).containsExactly(reset);
    }

    @Test
    void aBodyThatEndsBeforeItsLengthIsTold() throws IOException {
        Response response = watched(5, stream("who"));

        assertThat(response.body().source().readUtf8()).isEqualTo("who");

        assertThat(heard).singleElement().satisfies(e -> assertThat(e).hasMessageContaining("3 of 5"));
    }

    @Test
    void aBodyWithoutALengthMayEndAnywhere() throws IOException {
        Response response = watched(-1, stream("who"));

        assertThat(response.body().source().readUtf8()).isEqualTo("who");

        assertThat(heard).isEmpty();
    }

    @Test
    void whatWasReadBeforeItIsWatchedCounts() throws IOException {
        Response response = response(StreamBody.watchable(StreamBody.of(TEXT, 5, stream("whole"))));
        response.body().source().require(2);

        Response watched = StreamBody.watched(response, 5, heard::add);

        assertThat(watched.body().string()).isEqualTo("whole");
        assertThat(heard).isEmpty();
    }

    @Test
    void nobodyHearsOfABodyThatIsNotDelivered() {
        Response response =
                response(StreamBody.watchable(StreamBody.of(TEXT, 5, broken("", new IOException("reset")))));

        assertThatThrownBy(() -> response.body().bytes()).hasMessage("reset");

        assertThat(heard).isEmpty();
    }

    @Test
    void nobodyHearsOfWhatFollowsFromClosing() throws IOException {
        Response response = watched(5, broken("", new IOException("closed")));
        InputStream stream = response.body().byteStream();
        response.close();

        assertThatThrownBy(stream::read).isInstanceOf(IOException.class);

        assertThat(heard).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theBodyOfAnAttemptIsMadeToBeWatched(boolean intercepting) throws IOException {
        Request request = new Request.Builder().url("http://origin.example/").build();

        Response response = throughStage(request, intercepting);

        assertThat(StreamBody.watched(response, 5, heard::add)).isSameAs(response);
        assertThat(Stage.opened(response.body())).as("after the attempt").isSameAs(response.body());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theWritingOfARequestsBodyMayRunOtherCallsWhoseBodiesAreLeftAlone(boolean intercepting) throws IOException {
        Request request = new Request.Builder()
                .url("http://origin.example/")
                .post(RequestBody.create(TEXT, "sent"))
                .build();

        Response response = throughStage(request, intercepting);

        assertThat(StreamBody.watched(response, 5, heard::add)).isNotSameAs(response);
    }

    @Test
    void theBodyOfAnotherCallWithinAnAttemptIsLeftAlone() throws IOException {
        Request request = new Request.Builder().url("http://origin.example/").build();
        Call call = new OkHttpClient().newCall(request);
        Stage stage = new Stage(call);
        Interceptor.Chain ofOther = chain(call.clone(), request, () -> StreamBody.of(TEXT, 5, stream("whole")));
        ResponseBody others = ResponseBody.create(TEXT, "other");

        Response response = stage.proceed(
                chain(call, request, () -> {
                    assertThat(Stage.reached(ofOther)).isFalse();
                    return Stage.opened(others);
                }),
                request);

        assertThat(response.body()).isSameAs(others);
        assertThat(stage.requests()).isZero();
    }

    /** Sends a request as the library does: whether the stage is an interceptor, or the library says where it is. */
    private static Response throughStage(Request request, boolean intercepting) throws IOException {
        Call call = new OkHttpClient().newCall(request);
        Stage stage = new Stage(call);
        Interceptor interceptor = intercepting ? stage.intercepting() : chain -> chain.proceed(request);
        Interceptor.Chain written = chain(call, request, () -> Stage.opened(ResponseBody.create(TEXT, "whole")));
        Interceptor.Chain all = chain(call, request, () -> {
            assertThat(stage.requests()).isZero();
            assertThat(Stage.reached(written) || intercepting).isTrue();
            return interceptor.intercept(written).body();
        });
        Response response = stage.proceed(all, request);
        assertThat(stage.requests()).isEqualTo(1);
        return response;
    }

    /** The further way of a request, which gives a body. */
    @FunctionalInterface
    private interface Way {
        ResponseBody go() throws IOException;
    }

    private static Interceptor.Chain chain(Call call, Request request, Way way) {
        return (Interceptor.Chain) Proxy.newProxyInstance(
                StreamBodyTest.class.getClassLoader(),
                new Class<?>[] {Interceptor.Chain.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "call" -> call;
                    case "request" -> request;
                    default -> response(way.go());
                });
    }

    private Response watched(long length, InputStream stream) {
        return StreamBody.watched(
                response(StreamBody.watchable(StreamBody.of(TEXT, length, stream))), length, heard::add);
    }

    private static Response response(ResponseBody body) {
        return new Response.Builder()
                .request(new Request.Builder().url("http://origin.example/").build())
                .protocol(Protocol.HTTP_1_1)
                .code(200)
                .message("OK")
                .body(body)
                .build();
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static InputStream broken(String before, IOException failure) {
        return new SequenceInputStream(stream(before), new InputStream() {
            @Override
            public int read() throws IOException {
                throw failure;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                throw failure;
            }
        });
    }
}
