package dev.holdfast.call;

import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FaultPolicy;
import java.io.IOException;

/** The outcome that an injected fault gives an attempt in place of what its origin would have. */
final class InjectedFault {
    private InjectedFault() {}

    /** Returns whether the attempt is not sent. */
    static boolean replacesAttempt(FaultPolicy fault) {
        return fault.status() != 0 || fault.error() != null;
    }

    /** The outcome of an attempt that is not sent. */
    static Outcome outcome(CallRecord record, FaultPolicy fault) {
        ErrorKind error = fault.error();
        return error == null ? new InjectedResponse(fault.status()) : failure(record, error, error.configName());
    }

    /** The outcome of an attempt whose time is up before its delay is. */
    static Outcome timeout(CallRecord record) {
        return failure(record, ErrorKind.READ_TIMEOUT, "delay");
    }

    /** The exception by which the body of a response breaks. */
    static IOException ofBody(CallRecord record) {
        return record.call().faultError(ErrorKind.CONNECTION_RESET, message(record, "cut_body"));
    }

    private static Outcome failure(CallRecord record, ErrorKind kind, String what) {
        return new Outcome.Failure(record.call().faultError(kind, message(record, what)), kind, kind.nothingSent());
    }

    private static String message(CallRecord record, String what) {
        return "Holdfast injected this fault (" + what + ") into an attempt to "
                + record.target().origin() + ", as [fault] of policy "
                + record.policy().name() + " asks for until "
                + record.policy().fault().until();
    }
}
