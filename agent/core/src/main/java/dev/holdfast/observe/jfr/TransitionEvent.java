package dev.holdfast.observe.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A breaker changed its state. */
@Name("dev.holdfast.BreakerTransition")
@Label("Breaker Transition")
@Description("A circuit breaker came into another state")
@Category("Holdfast")
@StackTrace(false)
final class TransitionEvent extends OriginEvent {
    @Label("From")
    @Nullable
    String from;

    @Label("To")
    @Nullable
    String to;

    @Label("Reason")
    @Nullable
    String reason;
}
