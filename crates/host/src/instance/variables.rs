//! `fermyon:spin/variables@2.0.0`, the one interface of Spin that the components import.

use super::State;

mod bindings {
    wasmtime::component::bindgen!({
        inline: "
            package fermyon:spin@2.0.0;

            interface variables {
                get: func(name: string) -> result<string, error>;

                variant error {
                    invalid-name(string),
                    undefined(string),
                    provider(string),
                    other(string),
                }
            }

            world host {
                import variables;
            }
        ",
    });
}

pub(crate) use bindings::fermyon::spin::variables::add_to_linker;
use bindings::fermyon::spin::variables::{Error, Host};

impl Host for State {
    fn get(&mut self, name: String) -> Result<String, Error> {
        if let Err(reason) = crate::manifest::ids::check_variable_name(&name) {
            return Err(Error::InvalidName(format!("{name:?}: {reason}")));
        }
        let undefined = || Error::Undefined(format!("no variable for {:?}.{name:?}", self.component.id));
        self.component.variables.get(&name).cloned().ok_or_else(undefined)
    }
}
