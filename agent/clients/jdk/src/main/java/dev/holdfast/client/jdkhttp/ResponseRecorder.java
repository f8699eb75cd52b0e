package dev.holdfast.client.jdkhttp;

import dev.holdfast.fallback.ResponseRecording;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * Copies a body on its way to the application's subscriber, for the cache. Neither asks for a byte nor holds one back:
 * what the application does not read is not recorded, and then nothing is kept.
 *
 * @param <T> the application's body type
 */
final class ResponseRecorder<T> implements BodySubscriber<T> {
    private final BodySubscriber<T> application;
    private final ResponseRecording recording;

    ResponseRecorder(BodySubscriber<T> application, ResponseRecording recording) {
        this.application = application;
        this.recording = recording;
    }

    @Override
    public CompletionStage<T> getBody() {
        return application.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        application.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {
                subscription.request(n);
            }

            @Override
            public void cancel() {
                recording.cancel();
                subscription.cancel();
            }
        });
    }

    @Override
    public void onNext(List<ByteBuffer> part) {
        for (ByteBuffer buffer : part) {
            recording.add(buffer); // before the application moves the buffers' positions
        }
        application.onNext(part);
    }

    @Override
    public void onError(Throwable error) {
        recording.cancel();
        application.onError(error);
    }

    @Override
    public void onComplete() {
        recording.complete();
        application.onComplete();
    }
}
