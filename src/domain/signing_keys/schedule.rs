//! When keys come and go, told from nothing but the moments from which they sign.
//!
//! A key signs until the next one does. It is published for `overlap` before it signs, so that
//! verifiers who keep a copy of the key set have it by then, and for `overlap` after its last
//! signature, so that what it signed can be verified to its end.

use crate::base::clock::UnixMicros;
use std::time::Duration;

#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    pub rotate_every: Duration,
    pub overlap: Duration,
}

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// A key is to be made that signs from then.
    pub next: Option<UnixMicros>,
    /// So many of the oldest keys are to be removed.
    pub over: usize,
}

impl Due {
    pub fn is_nothing(self) -> bool {
        self.next.is_none() && self.over == 0
    }
}

impl Schedule {
    /// `starts`: the moments from which the keys sign, in order.
    pub fn due(&self, starts: &[UnixMicros], now: UnixMicros) -> Due {
        let next = match starts.last() {
            // Nobody can have kept a key set without any key.
            None => Some(now),
            Some(waits) if *waits > now => None,
            Some(newest) => {
                let (planned, earliest) = (newest.after(self.rotate_every), self.announced(now));
                // After a long standstill the plan lies in the past; the new key is announced all
                // the same.
                (earliest >= planned).then(|| earliest.max(planned))
            }
        };
        let over = starts.iter().skip(1).take_while(|retired_at| self.removed(**retired_at) <= now).count();
        Due { next, over }
    }

    /// From when a key signs that is made now.
    pub fn announced(&self, now: UnixMicros) -> UnixMicros {
        now.after(self.overlap)
    }

    /// Until when a key is published that was retired then.
    pub fn removed(&self, retired_at: UnixMicros) -> UnixMicros {
        retired_at.after(self.overlap)
    }
}

/// Which of the keys signs: the newest whose time has come. The oldest one if none's has, which
/// takes a clock that was put back.
pub fn signing(starts: &[UnixMicros], now: UnixMicros) -> Option<usize> {
    let begun = starts.iter().filter(|start| **start <= now).count();
    (!starts.is_empty()).then(|| begun.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);
    const SCHEDULE: Schedule = Schedule { rotate_every: Duration::from_secs(100 * 3600), overlap: HOUR };
    const NOW: UnixMicros = UnixMicros(1_772_366_400_000_000);

    fn due(starts: &[UnixMicros], now: UnixMicros) -> (Option<UnixMicros>, usize) {
        let Due { next, over } = SCHEDULE.due(starts, now);
        (next, over)
    }

    #[test]
    fn the_first_key_signs_at_once_and_the_next_is_announced_before_it_does() {
        assert_eq!(due(&[], NOW), (Some(NOW), 0));
        let planned = NOW.after(100 * HOUR);
        let announced = planned.before(HOUR);
        assert_eq!(due(&[NOW], UnixMicros(announced.0 - 1)), (None, 0));
        assert_eq!(due(&[NOW], announced), (Some(planned), 0));
        assert_eq!(due(&[NOW, planned], announced), (None, 0), "one at a time");
        assert_eq!(due(&[NOW], planned.after(50 * HOUR)), (Some(planned.after(51 * HOUR)), 0), "after a standstill");
    }

    #[test]
    fn a_key_is_removed_when_the_overlap_after_it_is_over() {
        let second = NOW.after(100 * HOUR);
        let over = second.after(HOUR);
        assert_eq!(due(&[NOW, second], UnixMicros(over.0 - 1)).1, 0);
        assert_eq!(due(&[NOW, second], over).1, 1);
        assert_eq!(due(&[NOW, NOW, second], over).1, 2);
        assert_eq!(due(&[NOW], NOW.after(1_000 * HOUR)).1, 0, "never the last one");
    }

    #[test]
    fn there_is_one_that_signs_whatever_the_clock_says() {
        assert_eq!(signing(&[], NOW), None);
        let starts = [NOW, NOW.after(HOUR)];
        assert_eq!(signing(&starts, NOW.before(HOUR)), Some(0));
        assert_eq!(signing(&starts, NOW), Some(0));
        assert_eq!(signing(&starts, UnixMicros(NOW.after(HOUR).0 - 1)), Some(0));
        assert_eq!(signing(&starts, NOW.after(HOUR)), Some(1));
    }
}
