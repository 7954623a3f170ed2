//! Records: groups of fields, declared once.

use super::{BadField, FieldReader, FieldWriter};

/// One row of data in a frame.
pub trait Record<'a>: Sized {
    /// Fields of the newest version that is known.
    const WIDTH: usize;
    /// Fields of the oldest version that is read.
    const OLDEST: usize;
    /// The broker's names of the fields. A group of them that repeats, or that several records share, has one name.
    const NAMES: &'static [&'static str];

    /// Reads the fields that are known.
    ///
    /// # Errors
    /// [`BadField`].
    fn read(fields: &mut FieldReader<'a>) -> Result<Self, BadField>;

    /// Writes the fields that are known, as many as the record takes.
    fn write(&self, fields: &mut FieldWriter);
}

/// Declares a record. The fields stand in the order of the wire; those after `added` came with later versions.
macro_rules! record {
    (
        $(#[$meta:meta])*
        $name:ident $(<$life:lifetime>)? {
            $($(#[$fmeta:meta])* $field:ident: $type:ty = $wire:literal,)+
        }
        $(added {
            $($(#[$ameta:meta])* $added:ident: $atype:ty = $awire:literal,)+
        })?
    ) => {
        $(#[$meta])*
        pub struct $name $(<$life>)? {
            $($(#[$fmeta])* pub $field: $type,)+
            $($($(#[$ameta])* pub $added: $atype,)+)?
        }

        $crate::wire::stream::record::record!(@impl $name $(<$life>)? [$($field: $type = $wire,)+] [$($($added: $atype = $awire,)+)?]);
    };
    (@impl $name:ident [$($fields:tt)*] [$($added:tt)*]) => {
        $crate::wire::stream::record::record!(@body ['a] [$name] [$($fields)*] [$($added)*]);
    };
    (@impl $name:ident <$life:lifetime> [$($fields:tt)*] [$($added:tt)*]) => {
        $crate::wire::stream::record::record!(@body [$life] [$name<$life>] [$($fields)*] [$($added)*]);
    };
    (@body [$life:lifetime] [$self:ty] [$($field:ident: $type:ty = $wire:literal,)+] [$($added:ident: $atype:ty = $awire:literal,)*]) => {
        impl<$life> $crate::wire::stream::Record<$life> for $self {
            const OLDEST: usize = 0 $(+ <$type as $crate::wire::stream::Field<$life>>::COUNT)+;
            const WIDTH: usize = Self::OLDEST $(+ <$atype as $crate::wire::stream::Field<$life>>::COUNT)*;
            const NAMES: &'static [&'static str] = &[$($wire,)+ $($awire,)*];

            #[inline(always)]
            fn read(
                fields: &mut $crate::wire::stream::FieldReader<$life>,
            ) -> Result<Self, $crate::wire::stream::BadField> {
                Ok(Self {
                    $($field: $crate::wire::stream::Field::read(fields)?,)+
                    $($added: fields.added()?,)*
                })
            }

            fn write(&self, fields: &mut $crate::wire::stream::FieldWriter) {
                $($crate::wire::stream::Field::write(&self.$field, fields);)+
                $($crate::wire::stream::Field::write(&self.$added, fields);)*
            }
        }

        impl<$life> $crate::wire::stream::Field<$life> for $self {
            const COUNT: usize = <Self as $crate::wire::stream::Record<$life>>::WIDTH;

            #[inline(always)]
            fn read(
                fields: &mut $crate::wire::stream::FieldReader<$life>,
            ) -> Result<Self, $crate::wire::stream::BadField> {
                $crate::wire::stream::Record::read(fields)
            }

            fn write(&self, fields: &mut $crate::wire::stream::FieldWriter) {
                $crate::wire::stream::Record::write(self, fields);
            }
        }
    };
}

pub(super) use record;
