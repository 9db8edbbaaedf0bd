/** Keys, signatures and trust: who may say what a stage runs. */
@org.jspecify.annotations.NullMarked
package io.headwater.model.sign;
