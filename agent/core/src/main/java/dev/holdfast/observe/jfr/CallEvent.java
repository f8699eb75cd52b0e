package dev.holdfast.observe.jfr;

import jdk.jfr.Label;
import org.jspecify.annotations.Nullable;

/** The fields of every event that concerns a call. */
abstract class CallEvent extends OriginEvent {
    @Label("Client")
    @Nullable
    String client;
}
