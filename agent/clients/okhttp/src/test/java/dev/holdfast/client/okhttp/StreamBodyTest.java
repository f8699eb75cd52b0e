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
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.Test;

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

    @Test
    void theBodyOfAnAttemptIsMadeToBeWatched() throws IOException {
        Request request = new Request.Builder().url("http://origin.example/").build();

        Response response = throughStage(request);

        assertThat(StreamBody.watched(response, 5, heard::add)).isSameAs(response);
        assertThat(Stage.opened(response.body())).as("after the attempt").isSameAs(response.body());
    }

    @Test
    void theWritingOfARequestsBodyMayRunOtherCallsWhoseBodiesAreLeftAlone() throws IOException {
        Request request = new Request.Builder()
                .url("http://origin.example/")
                .post(RequestBody.create(TEXT, "sent"))
                .build();

        Response response = throughStage(request);

        assertThat(StreamBody.watched(response, 5, heard::add)).isNotSameAs(response);
    }

    private static Response throughStage(Request request) throws IOException {
        Interceptor.Chain chain = (Interceptor.Chain) Proxy.newProxyInstance(
                StreamBodyTest.class.getClassLoader(),
                new Class<?>[] {Interceptor.Chain.class},
                (self, method, arguments) -> method.getName().equals("request")
                        ? request
                        : response(Stage.opened(ResponseBody.create(TEXT, "whole"))));
        Response response = new Stage().intercept(chain);
        assertThat(response).isNotNull();
        return response;
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
