package io.headwater.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ops.demo.PrequentialReferences.Known;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReferencesTest {
  /** Decides for the class that it saw last, and remembers what it was fitted to. */
  private static final class LastClass implements HeadFitter {
    final List<int[]> fits = new ArrayList<>();

    @Override
    public Fitted fit(float[][] activations, int[] classes) {
      fits.add(classes);
      int last = classes[classes.length - 1];
      return asked -> {
        int[] decided = new int[asked.length];
        Arrays.fill(decided, last);
        return decided;
      };
    }
  }

  private static Known known(int... classes) {
    return new Known(new float[classes.length][1], classes);
  }

  @Test
  void majority_labelsComeLate_followsOnlyThoseKnown() {
    PrequentialReferences references = new PrequentialReferences(known(0), known(1, 1, 1, 1, 0), 2);

    // Known at event 3 is event 0, which makes it one each; at event 4 events 0 and 1.
    assertThat(references.majority(2)).containsExactly(false, false, false, false, false);
    assertThat(new PrequentialReferences(known(0), known(1, 1, 1, 1, 1), 1).majority(2))
        .containsExactly(false, false, false, true, true);
  }

  @Test
  void refit_everyTwo_isFittedToTheNewestKnownLabels() {
    LastClass fitter = new LastClass();
    PrequentialReferences references =
        new PrequentialReferences(known(0, 1, 0), known(1, 1, 0, 0, 1, 1), 2);

    boolean[] right = references.refit(fitter, 3, 2);

    assertThat(fitter.fits).containsExactly(new int[] {0, 1, 0}, new int[] {0, 1, 1});
    assertThat(right).containsExactly(false, false, true, true, true, true);
  }

  @Test
  void refit_neverSeesALabelBeforeItIsReleased() {
    int[] classes = new int[40];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = i;
    }
    LastClass fitter = new LastClass();

    new PrequentialReferences(known(0), known(classes), 10).refit(fitter, 100, 10);

    assertThat(fitter.fits).extracting(fit -> fit[fit.length - 1]).containsExactly(0, 9, 19);
  }
}
