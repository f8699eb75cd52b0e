package dev.holdfast.client.jdkhttp;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The executor on which the JDK's client completes its futures. */
final class AsyncPool {
    static final Executor INSTANCE = new CompletableFuture<Void>().defaultExecutor();

    private AsyncPool() {}
}
