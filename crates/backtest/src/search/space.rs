//! The combinations of parameter values that may be tried.

use std::collections::{BTreeMap, HashSet};

use exodus_trading::{ParameterError, Strategy};
use serde_json::{Map, Value};

use super::axis::Axis;
use super::constraint::Constraint;
use super::fault;
use super::parameters::{Known, set_parameter};
use crate::chance::Chance;

/// Combinations up to which a space is looked through from end to end.
const ENUMERABLE: usize = 1_000_000;
/// Draws for one new combination of a space that is too large to look through.
const DRAWS: usize = 1_000;

/// The place of a value on each axis, in the order of the axes.
pub(crate) type Combination = Vec<usize>;

/// Axes of values, what must hold between them, and the parameters that stay as they are.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterSpace {
    axes: Vec<Axis>,
    constraints: Vec<Constraint>,
    /// Every parameter of the strategy, for those that no axis has.
    base: Map<String, Value>,
    /// Their values by the names that axes and constraints have for them.
    known: Map<String, Value>,
}

impl ParameterSpace {
    /// The space of `axes`, by parameter, around `strategy`. An axis is `{"values": [..]}` or `{"from": .., "to": ..,
    /// "step": ..}`, both ends included, `step` 1 if it is not given. A constraint compares two parameters or a parameter
    /// and a number: `lookback < 60`. A parameter of a document is called `overrides.fast`.
    ///
    /// # Errors
    /// Every fault found, with its field: `axes`, `axes.lookback.step`, `constraints[0]`.
    pub fn new(
        axes: &BTreeMap<String, Value>,
        constraints: &[String],
        strategy: &Strategy,
    ) -> Result<Self, Vec<ParameterError>> {
        let parameters = strategy.parameters();
        let base = parameters.as_object().expect("parameters are an object").clone();
        let parameters = Known::of(strategy);
        let known = parameters.values(&base);
        let mut errors = Vec::new();
        if axes.is_empty() {
            errors.push(fault("axes", "is empty: name at least one parameter to vary"));
        }
        let mut kept = |result: Result<Axis, ParameterError>| result.map_err(|error| errors.push(error)).ok();
        let axes: Vec<Axis> = axes.iter().filter_map(|(name, given)| kept(axis(name, given, &parameters))).collect();
        let mut read = Vec::new();
        for (place, text) in constraints.iter().enumerate() {
            match Constraint::parse(&format!("constraints[{place}]"), text, &known) {
                Ok(constraint) => read.push(constraint),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(Self { axes, constraints: read, base, known }) } else { Err(errors) }
    }

    /// The axes, by name.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// The values that a combination stands for, by parameter; those that stay as they are left out.
    pub(crate) fn varied(&self, combination: &[usize]) -> Map<String, Value> {
        let value = |(axis, place): (&Axis, &usize)| (axis.name.clone(), axis.values[*place].clone());
        self.axes.iter().zip(combination).map(value).collect()
    }

    /// Every parameter of the strategy with `varied` in place.
    pub(crate) fn complete(&self, varied: &Map<String, Value>) -> Map<String, Value> {
        let mut parameters = self.base.clone();
        varied.iter().for_each(|(name, value)| set_parameter(&mut parameters, name, value.clone()));
        parameters
    }

    /// True if every constraint holds.
    pub(crate) fn allows(&self, combination: &[usize]) -> bool {
        let number = |name: &str| {
            let place = self.axes.iter().position(|axis| axis.name == name);
            place
                .map_or_else(|| self.known.get(name), |axis| Some(&self.axes[axis].values[combination[axis]]))?
                .as_f64()
        };
        self.constraints.iter().all(|constraint| constraint.holds(number))
    }

    /// Every combination that the constraints allow, the last axis fastest.
    ///
    /// # Errors
    /// If there are more than `limit`, or none, for the field `axes`.
    pub(crate) fn grid(&self, limit: usize) -> Result<Vec<Combination>, ParameterError> {
        let advice = "take fewer values, add constraints, or choose a random or tpe search";
        if self.size() > ENUMERABLE {
            return Err(fault("axes", format!("give more than {ENUMERABLE} combinations: {advice}")));
        }
        let all = self.enumerated();
        match all.len() {
            0 => Err(fault("constraints", "leave no combination: loosen them or the axes")),
            count if count > limit => {
                Err(fault("axes", format!("give {count} combinations, and at most {limit} can be tried: {advice}")))
            }
            _ => Ok(all),
        }
    }

    /// `count` different combinations drawn by chance, all equally likely; fewer if there are fewer, or if a space too
    /// large to look through hides them.
    pub(crate) fn drawn(&self, count: usize, chance: &mut Chance) -> Vec<Combination> {
        if self.size() <= ENUMERABLE {
            let mut all = self.enumerated();
            chance.shuffle(&mut all);
            all.truncate(count);
            return all;
        }
        let (mut taken, mut drawn) = (HashSet::new(), Vec::new());
        while drawn.len() < count
            && let Some(combination) = self.drawn_but(&taken, chance)
        {
            taken.insert(combination.clone());
            drawn.push(combination);
        }
        drawn
    }

    /// A combination that is not in `taken`, drawn by chance; `None` if none was found.
    pub(crate) fn drawn_but(&self, taken: &HashSet<Combination>, chance: &mut Chance) -> Option<Combination> {
        if self.size() <= ENUMERABLE {
            let mut left = self.enumerated();
            left.retain(|combination| !taken.contains(combination));
            return (!left.is_empty()).then(|| left.swap_remove(chance.below(left.len())));
        }
        (0..DRAWS)
            .map(|_| self.axes.iter().map(|axis| chance.below(axis.values.len())).collect())
            .find(|combination: &Combination| self.allows(combination) && !taken.contains(combination))
    }

    /// How many combinations the constraints allow; `None` if the space is too large to count them.
    pub(crate) fn count(&self) -> Option<usize> {
        (self.size() <= ENUMERABLE).then(|| self.enumerated().len())
    }

    /// Combinations before constraints; the largest number there is if they cannot be counted.
    fn size(&self) -> usize {
        self.axes.iter().fold(1, |size: usize, axis| size.saturating_mul(axis.values.len()))
    }

    fn enumerated(&self) -> Vec<Combination> {
        let mut combination = vec![0; self.axes.len()];
        let mut found = Vec::new();
        loop {
            if self.allows(&combination) {
                found.push(combination.clone());
            }
            let Some(turned) =
                (0..self.axes.len()).rev().find(|axis| combination[*axis] + 1 < self.axes[*axis].values.len())
            else {
                return found;
            };
            combination[turned] += 1;
            combination[turned + 1..].fill(0);
        }
    }
}

/// The axis of the parameter `name`, each value as the strategy takes it.
fn axis(name: &str, given: &Value, parameters: &Known) -> Result<Axis, ParameterError> {
    let field = format!("axes.{name}");
    let value_of = parameters.check(name)?;
    let Axis { name, values } = Axis::parse(name, given)?;
    let (mut valid, mut seen) = (Vec::with_capacity(values.len()), HashSet::new());
    for given in values {
        let value = value_of(&given).map_err(|message| fault(&field, format!("{given} {message}")))?;
        if !seen.insert(value.to_string()) {
            return Err(fault(field, format!("{given} is given twice")));
        }
        valid.push(value);
    }
    Ok(Axis { name, values: valid })
}

/// The combination whose values are `varied`.
pub(crate) fn place_of(space: &ParameterSpace, varied: &Map<String, Value>) -> Option<Combination> {
    let place = |axis: &Axis| axis.values.iter().position(|value| Some(value) == varied.get(&axis.name));
    space.axes.iter().map(place).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use exodus_trading::validate;
    use serde_json::json;

    use super::*;

    pub(in crate::search) fn space(axes: Value, constraints: &[&str]) -> Result<ParameterSpace, Vec<ParameterError>> {
        let axes = serde_json::from_value(axes).expect("an object");
        let constraints: Vec<String> = constraints.iter().map(|text| (*text).to_owned()).collect();
        ParameterSpace::new(&axes, &constraints, &validate("momentum", &json!({})).expect("defaults"))
    }

    #[test]
    fn a_grid_turns_the_last_axis_fastest_and_keeps_what_is_allowed() {
        let space = space(
            json!({ "exit_threshold_percent": { "from": 0, "to": 2 }, "lookback": { "values": [10, 20] } }),
            &["exit_threshold_percent < 2", "lookback <= 20", "exit_threshold_percent <= entry_threshold_percent"],
        )
        .expect("valid");
        let grid = space.grid(4).expect("four");
        assert_eq!(grid, [[0, 0], [0, 1], [1, 0], [1, 1]]);
        assert_eq!(Value::from(space.varied(&grid[2])), json!({ "exit_threshold_percent": 1.0, "lookback": 10 }));
        assert_eq!(space.complete(&space.varied(&grid[2]))["position_size_percent"], json!(10.0));
        assert_eq!(place_of(&space, &space.varied(&grid[2])).as_ref(), Some(&grid[2]));
        assert_eq!(space.grid(3).expect_err("refused").field, "axes");
    }

    #[test]
    fn each_fault_names_its_field() {
        let fields = |axes, constraints: &[&str]| -> Vec<String> {
            space(axes, constraints).expect_err("refused").into_iter().map(|error| error.field).collect()
        };
        assert_eq!(fields(json!({}), &[]), ["axes"]);
        assert_eq!(fields(json!({ "interval": { "values": ["1d", "1m"] } }), &[]), ["axes.interval"]);
        assert_eq!(fields(json!({ "look_back": { "values": [1] } }), &[]), ["axes.look_back"]);
        assert_eq!(fields(json!({ "lookback": { "values": [10, 0] } }), &[]), ["axes.lookback"]);
        assert_eq!(fields(json!({ "lookback": { "values": [1.5] } }), &[]), ["axes.lookback"]);
        assert_eq!(fields(json!({ "lookback": { "values": [2, 2.0] } }), &[]), ["axes.lookback"]);
        assert_eq!(
            fields(json!({ "lookback": { "from": 9, "to": 1 } }), &["x < 1"]),
            ["axes.lookback.to", "constraints[0]"]
        );
        let none_left = space(json!({ "lookback": { "values": [10] } }), &["lookback > 10"]).expect("readable");
        assert_eq!(none_left.grid(10).expect_err("refused").field, "constraints");
        let vast = json!({ "lookback": { "from": 1, "to": 500 }, "position_size_percent": { "from": 0.1, "to": 100, "step": 0.01 } });
        assert_eq!(space(vast, &[]).expect("readable").grid(10_000).expect_err("refused").field, "axes");
    }

    #[test]
    fn parameters_of_a_document_are_varied_by_their_names() {
        let document = "version: \"1.0\"
metadata: {name: 교차}
strategy:
  id: cross
  params:
    fast: {default: 5, min: 2, max: 20, type: int}
    slow: {default: 20, min: 5, max: 60}
  indicators:
    - {id: sma, alias: fast, params: {period: $fast}}
    - {id: sma, alias: slow, params: {period: $slow}}
  entry: {conditions: [{indicator: fast, operator: cross_above, compare_to: slow}]}
  exit: {conditions: [{indicator: fast, operator: cross_below, compare_to: slow}]}
";
        let strategy = validate("rules", &json!({ "document": document, "overrides": { "slow": 12 } }));
        let strategy = strategy.expect("a document without errors");
        let space = |axes: Value, constraints: &[&str]| {
            let constraints: Vec<String> = constraints.iter().map(|text| (*text).to_owned()).collect();
            ParameterSpace::new(&serde_json::from_value(axes).expect("an object"), &constraints, &strategy)
        };
        let fast = json!({ "overrides.fast": { "from": 10.0, "to": 16, "step": 2 } });
        let found = space(fast, &["overrides.fast < overrides.slow"]).expect("valid");
        let grid = found.grid(10).expect("one");
        assert_eq!(grid, [[0]], "12 is not below the 12 that the strategy has");
        assert_eq!(Value::from(found.varied(&grid[0])), json!({ "overrides.fast": 10 }));
        assert_eq!(found.complete(&found.varied(&grid[0]))["overrides"], json!({ "fast": 10, "slow": 12 }));

        let refused = |axes: Value, constraints: &[&str]| -> Vec<String> {
            space(axes, constraints).expect_err("refused").iter().map(ToString::to_string).collect()
        };
        let one = |name: &str, values: Value| json!({ name: { "values": values } });
        assert_eq!(
            refused(one("overrides.fsat", json!([5])), &["overrides.fst < 3"]),
            [
                "axes.overrides.fsat: is no parameter of the strategy; is it \"overrides.fast\"?",
                "constraints[0]: \"overrides.fst\" is no parameter; is it \"overrides.fast\"?",
            ]
        );
        for (values, message) in [
            (json!([21]), "21 must be at most 20"),
            (json!([2.5]), "2.5 must be a whole number"),
            (json!(["ten"]), "\"ten\" must be a number"),
            (json!([3, 3.0]), "3.0 is given twice"),
        ] {
            assert_eq!(refused(one("overrides.fast", values), &[]), [format!("axes.overrides.fast: {message}")]);
        }
        assert!(refused(one("overrides", json!([1])), &[])[0].starts_with("axes.overrides: is no parameter"));
        assert!(refused(one("overrides.", json!([1])), &[])[0].starts_with("axes.overrides.: is no parameter"));
    }

    #[test]
    fn draws_are_different_allowed_and_the_same_for_a_seed() {
        for step in [1.0, 0.001] {
            let axes = json!({
                "lookback": { "from": 1, "to": 200 },
                "position_size_percent": { "from": 1, "to": 10, "step": step },
            });
            let space = space(axes, &["lookback < 100"]).expect("valid");
            let drawn = space.drawn(300, &mut Chance::new(1));
            let different: HashSet<_> = drawn.iter().collect();
            assert_eq!((drawn.len(), different.len()), (300, 300));
            assert!(drawn.iter().all(|combination| combination[0] < 99));
            assert_eq!(drawn, space.drawn(300, &mut Chance::new(1)));
            assert_ne!(drawn, space.drawn(300, &mut Chance::new(2)));
        }
    }

    #[test]
    fn a_small_space_is_drawn_empty() {
        let space = space(json!({ "lookback": { "from": 1, "to": 9 } }), &[]).expect("valid");
        assert_eq!(space.drawn(100, &mut Chance::new(1)).len(), 9);
        let all_but_one = space.drawn(8, &mut Chance::new(1)).into_iter().collect();
        assert!(space.drawn_but(&all_but_one, &mut Chance::new(1)).is_some());
    }
}
