//! Candidates for one job, timed in turns.

use std::{
    any::Any,
    fmt,
    hint::black_box,
    time::{Duration, Instant},
};

/// Candidates that do the same job.
///
/// They run in turns, each round beginning with another one, so that what else the machine does hits all of them.
/// What a run returns is dropped after the clock has stopped.
#[derive(Default)]
#[expect(missing_debug_implementations, reason = "closures have none")]
pub struct Race<'a> {
    lanes: Vec<Lane<'a>>,
}

struct Lane<'a> {
    name: String,
    run: Box<dyn FnMut() -> Box<dyn Any> + 'a>,
    times: Vec<Duration>,
}

impl<'a> Race<'a> {
    /// Adds a candidate. The first is what the others are compared with.
    #[must_use]
    pub fn lane<T: 'static>(
        mut self,
        name: impl Into<String>,
        mut run: impl FnMut() -> T + 'a,
    ) -> Self {
        self.lanes.push(Lane {
            name: name.into(),
            run: Box::new(move || Box::new(black_box(run()))),
            times: Vec::new(),
        });
        self
    }

    /// Runs every candidate once to warm up, and then `rounds` times.
    #[must_use]
    pub fn run(mut self, rounds: usize) -> Standings {
        for lane in &mut self.lanes {
            (lane.run)();
        }
        let lanes = self.lanes.len();
        for round in 0..rounds {
            for turn in 0..lanes {
                let lane = &mut self.lanes[(round + turn) % lanes];
                let start = Instant::now();
                let made = (lane.run)();
                lane.times.push(start.elapsed());
                drop(made);
            }
        }
        Standings(
            self.lanes
                .into_iter()
                .map(|lane| Standing::of(lane.name, lane.times))
                .collect(),
        )
    }
}

/// How the candidates did. Prints as a table.
#[derive(Clone, Debug)]
pub struct Standings(pub Vec<Standing>);

/// How one candidate did.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The candidate.
    pub name: String,
    /// The middle one of its times, the shorter of two.
    pub median: Duration,
    /// The shortest of its times.
    pub fastest: Duration,
}

impl Standing {
    fn of(name: String, mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self {
            name,
            median: times
                .get(times.len().saturating_sub(1) / 2)
                .copied()
                .unwrap_or_default(),
            fastest: times.first().copied().unwrap_or_default(),
        }
    }
}

impl Standings {
    /// Median of the candidate at `lane` over that of the candidate at `base`.
    #[must_use]
    pub fn ratio(&self, lane: usize, base: usize) -> f64 {
        self.0[lane].median.as_secs_f64() / self.0[base].median.as_secs_f64()
    }
}

impl fmt::Display for Standings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| candidate | median | fastest | ratio |")?;
        writeln!(f, "|---|---:|---:|---:|")?;
        for (lane, standing) in self.0.iter().enumerate() {
            writeln!(
                f,
                "| {} | {:.1} ms | {:.1} ms | {:.2} |",
                standing.name,
                standing.median.as_secs_f64() * 1e3,
                standing.fastest.as_secs_f64() * 1e3,
                self.ratio(lane, 0),
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_candidate_runs_once_a_round_and_once_to_warm_up() {
        let runs = [std::cell::Cell::new(0), std::cell::Cell::new(0)];
        let standings = Race::default()
            .lane("a", || runs[0].set(runs[0].get() + 1))
            .lane("b", || runs[1].set(runs[1].get() + 1))
            .run(5);
        assert_eq!([runs[0].get(), runs[1].get()], [6, 6]);
        let names: Vec<_> = standings.0.iter().map(|lane| lane.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
    }

    #[test]
    fn the_median_is_the_middle_one() {
        let of = |times: &[u64]| {
            let times = times.iter().copied().map(Duration::from_millis).collect();
            let standing = Standing::of(String::new(), times);
            (standing.fastest.as_millis(), standing.median.as_millis())
        };
        assert_eq!(of(&[30, 10, 20]), (10, 20));
        assert_eq!(of(&[40, 10, 20, 30]), (10, 20));
        assert_eq!(of(&[7]), (7, 7));
    }
}
