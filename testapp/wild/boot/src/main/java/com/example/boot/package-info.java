/** A service as many are: answers requests by asking another service, and asks that regularly by itself. */
@org.jspecify.annotations.NullMarked
package com.example.boot;
